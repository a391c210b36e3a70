"""Telling the history what is changed of a company's own settings, of its item costs, and of who belongs to it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from django.db import transaction

from daybook.companies import second_factor
from daybook.companies.models import Company, CompanySettings, ItemCost, Membership, Person
from daybook.history import telling
from daybook.history.kinds import About, Subject, What
from daybook.history.telling import Secret, Somebody, as_text

COSTS_AN_EVENT = 500


def about(company: Company) -> About:
    """Return how the history names the company."""
    return About(company.pk, Subject.COMPANY, company.pk)


def saving(company: Company, by: Somebody | None) -> AbstractContextManager[None]:
    """Tell what the block changes. Wants an open transaction. `by`: None: the command line."""
    return telling.saving(about(company), lambda: values_of(company), by=by)


def values_of(company: Company) -> dict[str, str]:
    """Return the company's settings as text, as they stand in the database now."""
    stands = CompanySettings.objects.filter(company=company).first() or CompanySettings(company=company)
    name = Company.objects.values_list("name", flat=True).get(pk=company.pk)
    return {
        "name": name,
        "require_second_factor": as_text(stands.require_second_factor),
        "keep_deliveries_days": as_text(stands.keep_deliveries_days),
    }


@contextmanager
def saving_person(person: Person, by: Somebody | None) -> Iterator[None]:
    """Tell every company that the person belongs to what the block changes of them; of what is theirs only that it did.

    Opens a transaction. `by`: None: the command line.
    """
    with transaction.atomic():
        stood = values_of_person(person)
        yield
        _tell_companies(person, by, *telling.differences(stood, values_of_person(person)))


def tell_of_factor(person: Person, by: Somebody | None, *, is_on: bool) -> None:
    """Tell every company that the person belongs to that they have a second factor now, or none any more."""
    before, after = ({"second_factor": as_text(stood)} for stood in (not is_on, is_on))
    _tell_companies(person, by, before, after)


def tell_of_sessions(person: Person, by: Somebody | None, *, ended: int) -> None:
    """Tell every company that the person belongs to that so many of their log-ins were ended."""
    _tell_companies(person, by, {}, {"log_ins_ended": as_text(ended)})


def _tell_companies(person: Person, by: Somebody | None, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    if before or after:
        for company_id in Membership.objects.filter(person=person).values_list("company_id", flat=True):
            telling.tell(About(company_id, Subject.PERSON, person.pk), What.SAVED, by=by, before=before, after=after)


def values_of_person(person: Person) -> dict[str, str]:
    """Return what is told of a person, as it stands in the database now; name, address and password are never shown."""
    stands = Person.objects.get(pk=person.pk)
    return {
        "name": Secret(stands.name),
        "email": Secret(stands.email),
        "password": Secret(stands.password),
        "is_active": as_text(stands.is_active),
        "is_operator": as_text(stands.is_staff),
        "address_proven": as_text(stands.address_proven_at is not None),
        "second_factor": as_text(second_factor.is_on(stands)),
    }


@transaction.atomic
def keep_costs(company: Company, costs: Iterable[ItemCost], by: Somebody | None) -> None:
    """Store costs, each in place of the one of the same SKU and currency, and tell which are new or changed."""
    given = {_name(cost): cost for cost in costs}
    Company.objects.select_for_update().get(pk=company.pk)
    stood = _costs(company, {cost.sku for cost in given.values()})
    ItemCost.objects.bulk_create(
        given.values(),
        update_conflicts=True,
        unique_fields=["company", "sku", "currency"],
        update_fields=["unit_cost"],
        batch_size=1000,
    )
    before, after = telling.differences(stood, stood | {name: _amount(cost) for name, cost in given.items()})
    names = list(after)
    for first in range(0, len(names), COSTS_AN_EVENT):
        some = names[first : first + COSTS_AN_EVENT]
        _tell_costs(company, by, {name: before[name] for name in some if name in before}, {n: after[n] for n in some})


@transaction.atomic
def forget_cost(company: Company, cost: ItemCost, by: Somebody | None) -> None:
    """Delete one cost, and tell what it was."""
    if ItemCost.objects.filter(company=company, pk=cost.pk).delete()[0]:
        _tell_costs(company, by, {_name(cost): _amount(cost)}, {})


def _costs(company: Company, skus: Collection[str]) -> dict[str, str]:
    return {_name(cost): _amount(cost) for cost in ItemCost.objects.filter(company=company, sku__in=skus)}


def _name(cost: ItemCost) -> str:
    return f"cost.{cost.sku}.{cost.currency}"


def _amount(cost: ItemCost) -> str:
    return f"{cost.unit_cost.normalize():f}"


def _tell_costs(company: Company, by: Somebody | None, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    telling.tell(about(company), What.SAVED, by=by, before=before, after=after)
