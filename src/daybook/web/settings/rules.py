"""The page of posting rules: the table that is read from the top, one rule's form, and both tried on a real order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from daybook.catalog import refresh
from daybook.connections import rulebook
from daybook.connections.models import PostingRule
from daybook.intake import stored_rules, trying
from daybook.kit.translation import retold
from daybook.ledgers.lists import ListName
from daybook.mapping import rule_sets
from daybook.outbox import wake
from daybook.web import buttons, pages, titles
from daybook.web.access import CompanyRequest, Role, may_change, member, with_consent
from daybook.web.forms.styled import Fault
from daybook.web.listing import asked_for
from daybook.web.reading import ruled
from daybook.web.settings import past, rooms, rule_form
from daybook.web.settings.rule_form import RuleForm
from daybook.web.settings.rule_sets import as_read
from daybook.wire.errors import WireError

LONGEST_ORDER = 200
ROOM = next(room for room in rooms.ROOMS if room.slug == "rules")
CHANGED = gettext_lazy(
    "Nothing was saved: somebody changed the rules while you had the page open. Below is how they stand now."
)
_SAVED = gettext_lazy("Saved. Documents that waited for a rule are looked at again now.")


@member()
@with_consent
@require_GET
def rules(request: CompanyRequest) -> HttpResponse:
    """Show the table; `order` names one to try it on."""
    return _table(request)


def _table(request: CompanyRequest, status: int = 200) -> HttpResponse:
    row = request.connection
    stored, name = rulebook.of(row), asked_for(request.GET, "order", LONGEST_ORDER)
    offer = rule_form.offered(row)
    context = {
        "title": gettext("Posting rules: {name}").format(name=row.name),
        "connection": row,
        "rows": ruled.rows(row, stored, offer),
        "last": ruled.last_rows(row, offer),
        "sets": [as_read(each) for each in rule_sets.sets(row.facts.country_code)],
        "version": rulebook.version(stored),
        "past": past.of_room(row, ROOM),
        "may_change": may_change(request.membership) and row.is_ledger_known,
        **_tried(request, name, offer, None),
    }
    return pages.render(request, "daybook/connection/rules.html", context, status=status)


def _tried(
    request: CompanyRequest, name: str, offer: rule_form.Offered, draft: Sequence[PostingRule] | None
) -> dict[str, Any]:
    """Return what rules make of the order that is named; `draft`: in the place of those that are stored."""
    if not name:
        return {"tried_name": ""}
    as_stored = stored_rules.as_read(draft) if draft is not None else None
    trial = trying.on_order(request.connection, name, as_stored)
    if trial is None:
        return {"tried_name": name, "trial": None}
    return {"tried_name": trial.ref, "trial": ruled.trial(request.connection, trial, offer)}


@member(Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def new(request: CompanyRequest) -> HttpResponse:
    """Add a rule; `order` and `line` fill in the facts of a line that waits for one."""
    row, stored = request.connection, rulebook.of(request.connection)
    offer = rule_form.offered(row)
    if request.method == "POST":
        form = RuleForm(request.POST, offer=offer, places=len(stored) + 1)
        return _save(request, form, stored, None)
    name = asked_for(request.GET, "order", LONGEST_ORDER)
    lines = trying.undecided(row, name) if name else ()
    number = asked_for(request.GET, "line", 3)
    place = int(number) - 1 if number.isdecimal() else 0
    line = lines[place] if 0 <= place < len(lines) else None
    prefilled = trying.offered(line) if line is not None else None
    form = RuleForm(offer=offer, prefilled=prefilled, places=len(stored) + 1)
    others = [(index + 1, each) for index, each in enumerate(lines) if each is not line]
    offered = {"line": ruled.line(line, offer, row.ledger) if line else None, "others": others, "order_name": name}
    return _form(request, form, stored, None, name=name, extra=offered)


@member(Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def edit(request: CompanyRequest, rule: int) -> HttpResponse:
    """Change a rule."""
    row, stored = request.connection, rulebook.of(request.connection)
    mine = next((each for each in stored if each.pk == rule), None)
    offer = rule_form.offered(row)
    if mine is None and request.method == "POST":  # what was typed is not lost with the rule
        form = RuleForm(request.POST, offer=offer, places=len(stored) + 1)
        return _form(request, form, stored, None, name="", status=404, extra={"is_changed": True})
    if mine is None:
        raise Http404
    if request.method == "POST":
        form = RuleForm(request.POST, offer=offer, rule=mine, places=len(stored))
        return _save(request, form, stored, mine)
    form = RuleForm(offer=offer, rule=mine, places=len(stored))
    return _form(request, form, stored, mine, name=asked_for(request.GET, "order", LONGEST_ORDER))


def _save(request: CompanyRequest, form: RuleForm, stored: list[PostingRule], mine: PostingRule | None) -> HttpResponse:
    """Save the rule, or try it; what somebody else changed meanwhile is shown first."""
    row, name = request.connection, asked_for(request.POST, "order", LONGEST_ORDER)
    if not form.is_valid():
        return _form(request, form, stored, mine, name="", status=422)
    if mine is not None:
        form.made.pk = mine.pk
    place = form.cleaned_data["position"]
    if request.POST.get("then") == "try":
        return _form(request, form, stored, mine, name=name, draft=_placed(stored, form.made, place))
    try:
        saved = rulebook.change(
            row,
            lambda stands: _placed(stands, form.made, place),
            by=request.user,
            seen=request.POST.get("version", ""),
        )
    except rulebook.RulesChangedError:
        stored = rulebook.of(row)
        now = next((each for each in stored if mine is not None and each.pk == mine.pk), None)
        return _form(request, form, stored, now, name="", status=409, extra={"is_changed": True})
    except rulebook.TooManyRulesError:
        form.add_error(
            None,
            gettext("A connection has at most {most} rules. Delete one that is not needed.").format(
                most=rulebook.MOST_RULES
            ),
        )
        return _form(request, form, stored, mine, name="", status=422)
    wake.wake_prepare(row.company_id)
    messages.success(request, _SAVED)
    never = ruled.never(row, saved)
    if why := never.get(form.made.position):
        messages.warning(
            request,
            gettext("Rule {number} can never apply: {why} Move it up, or delete it.").format(
                number=form.made.position, why=retold(why)
            ),
        )
    return redirect(buttons.connection_page(row, name="rules"))


def _placed(stands: list[PostingRule], made: PostingRule, place: int) -> list[PostingRule]:
    """Return the rules with one put in its place, instead of what it was before."""
    others = [each for each in stands if made.pk is None or each.pk != made.pk]
    return [*others[: place - 1], made, *others[place - 1 :]]


def _form(
    request: CompanyRequest,
    form: RuleForm,
    stored: list[PostingRule],
    mine: PostingRule | None,
    *,
    name: str,
    draft: list[PostingRule] | None = None,
    status: int = 200,
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    row = request.connection
    context = {
        "title": gettext("Rule {number}").format(number=mine.position) if mine is not None else gettext("A new rule"),
        "connection": row,
        "form": form,
        "rule": mine,
        "stands": ruled.in_words(mine, form.offer) if mine is not None else None,
        "version": rulebook.version(stored),
        "faults": [
            Fault(str(each.label), each.auto_id, " ".join(map(str, each.errors))) for each in form if each.errors
        ],
        "has_tracking": bool(form.offer.tracking),
        "may_change": True,
        **_tried(request, name, form.offer, draft),
        **(extra or {}),
    }
    return pages.render(request, "daybook/connection/rule.html", context, status=status)


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def delete(request: CompanyRequest, rule: int) -> HttpResponse:
    """Take a rule out of the table."""
    return _change(request, rule, lambda stands: [each for each in stands if each.pk != rule])


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def move(request: CompanyRequest, rule: int) -> HttpResponse:
    """Move a rule one place up or down."""
    step = -1 if request.POST.get("to") == "up" else 1

    def moved(stands: list[PostingRule]) -> list[PostingRule]:
        place = [each.pk for each in stands].index(rule)
        if 0 <= place + step < len(stands):
            stands[place], stands[place + step] = stands[place + step], stands[place]
        return stands

    return _change(request, rule, moved)


def _change(request: CompanyRequest, rule: int, to: Callable[[list[PostingRule]], list[PostingRule]]) -> HttpResponse:
    """Do it to a rule that stands, in the list that the person saw."""
    row = request.connection

    def done(stands: list[PostingRule]) -> list[PostingRule]:
        if all(each.pk != rule for each in stands):
            raise Http404
        return to(stands)

    try:
        rulebook.change(row, done, by=request.user, seen=request.POST.get("version", ""))
    except rulebook.RulesChangedError:
        messages.error(request, CHANGED)
        return _table(request, status=409)
    wake.wake_prepare(row.company_id)
    messages.success(request, _SAVED)
    return redirect(buttons.connection_page(row, name="rules"))


@member(Role.ACCOUNTANT)
@with_consent
@require_POST
def read_tracking(request: CompanyRequest) -> HttpResponse:
    """Read the organisation's tracking categories: they are read by themselves only once a rule names an option."""
    row = request.connection
    try:
        refresh.refresh(row, resources=[ListName.TRACKING])
    except WireError as error:
        messages.error(
            request,
            gettext("{ledger} could not be read: {error}").format(
                ledger=titles.of(row.ledger), error=retold(str(error))
            ),
        )
    else:
        messages.success(
            request, gettext("The tracking categories were read from {ledger}.").format(ledger=titles.of(row.ledger))
        )
    return redirect(buttons.connection_page(row, name="rules"))
