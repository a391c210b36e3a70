"""Lists as people want to come back to them: each person keeps their own, and nobody else sees them."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import QuerySet

from daybook.companies.models import Company, Person, SavedView

MOST = 30
"""Of one person, list and company."""
LONGEST_NAME, LONGEST_QUERY, LONGEST_ASKED = 40, 1000, 8000
FILTERS = ("q", "standing", "state", "kind", "connection", "feed", "attention", "cause", "from", "to", "by", "sort")
"""What of an address is kept: neither the page of the list nor anything that no list asks."""


class ViewError(Exception):
    """It cannot be kept; the text says why, and what to do."""


def of(company: Company, person: Person, page: str) -> QuerySet[SavedView]:
    """Return a person's views of a list, by name."""
    return SavedView.objects.filter(company=company, person=person, page=page)


@transaction.atomic
def keep(company: Company, person: Person, page: str, name: str, query: str) -> SavedView:
    """Keep what an address shows under a name; one of that name is replaced. Raises ViewError."""
    name = " ".join(name.replace("\0", "").split())
    if page not in SavedView.Page.values:
        raise ViewError("There are no views of this list.")
    if not name or len(name) > LONGEST_NAME:
        raise ViewError(f"Give the view a name of at most {LONGEST_NAME} characters.")
    kept = tidied(query)
    if not kept:
        raise ViewError("Choose a filter or a turn first: the whole list needs no view.")
    if len(kept) > LONGEST_QUERY:
        raise ViewError("The filters are too long to be kept. Search for less.")
    Person.objects.select_for_update().get(pk=person.pk)  # two presses at once
    mine = of(company, person, page)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise ViewError(f"You have {MOST} views of this list. Remove one first.")
    view, _ = SavedView.objects.update_or_create(
        company=company, person=person, page=page, name=name, defaults={"query": kept}
    )
    return view


def tidied(query: str) -> str:
    """Return of an address's query what a view keeps."""
    said = _said(query)
    return urlencode({name: said[name].strip() for name in FILTERS if said.get(name, "").strip()})


def _said(query: str) -> dict[str, str]:
    pairs = parse_qsl(query[:LONGEST_ASKED], errors="replace")
    return {name: value.replace("\0", "") for name, value in pairs}


def remove(company: Company, person: Person, view: int) -> bool:
    """Remove one of a person's views; False where they have none such."""
    return bool(SavedView.objects.filter(company=company, person=person, pk=view).delete()[0])


def forget(company_id: int, words: tuple[str, ...]) -> None:
    """Remove the views of a company that name somebody by one of these words."""
    named = [word.casefold() for word in words if len(word) > 2]
    for view in SavedView.objects.filter(company=company_id):
        said = " ".join((view.name, *_said(view.query).values())).casefold()
        if any(word in said for word in named):
            view.delete()
