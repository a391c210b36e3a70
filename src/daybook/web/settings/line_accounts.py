"""The table of the settings page that says where lines are booked which are no sale of goods."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext, gettext_noop

from daybook.connections.models import Connection, LineAccount
from daybook.documents.line_kinds import IN_WORDS, WITH_OWN_ACCOUNT, LineKind
from daybook.mapping.booking import NEVER_AS_THE_LINE
from daybook.web.settings.offers import Choices, Offer, with_stored

_AS_THE_LINE = gettext_noop("(as the line's own rate)")
_NOT_DECIDED = gettext_noop("(choose a tax rate)")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One kind's row of the table."""

    title: str
    account: forms.BoundField
    tax: forms.BoundField


def fields(offer: Offer, chosen: Iterable[LineAccount]) -> dict[str, forms.ChoiceField]:
    """Return the fields by their names, two for each kind."""
    stored = {row.kind: row for row in chosen}
    made: dict[str, forms.ChoiceField] = {}
    for kind in WITH_OWN_ACCOUNT:
        row = stored.get(kind) or LineAccount(kind=kind)
        words = gettext(IN_WORDS[kind])
        nothing = gettext(_NOT_DECIDED if kind in NEVER_AS_THE_LINE else _AS_THE_LINE)
        accounts = offer.lines.get(kind, [])
        made[account_name(kind)] = _choice(
            gettext("{kind}: account").format(kind=words),
            accounts,
            row.account,
            gettext("(not decided: they are held)"),
        )
        made[tax_name(kind)] = _choice(
            gettext("{kind}: tax").format(kind=words), offer.sales_tax, row.tax_type, nothing
        )
    return made


def drawn(form: forms.BaseForm) -> list[Drawn]:
    """Return the table's rows."""
    return [Drawn(gettext(IN_WORDS[kind]), form[account_name(kind)], form[tax_name(kind)]) for kind in _asked(form)]


def check(form: forms.BaseForm) -> None:
    """Ask for the tax where a kind's account is chosen and its lines' own rate cannot tell it."""
    for kind in NEVER_AS_THE_LINE:
        is_open = form.cleaned_data.get(account_name(kind)) and not form.cleaned_data.get(tax_name(kind))
        if is_open and tax_name(kind) not in form.errors:
            form.add_error(tax_name(kind), gettext("Choose its tax: usually the one that is no VAT or no tax."))


def save(connection: Connection, form: forms.BaseForm) -> None:
    """Write what was chosen; a kind of which nothing ever was gets no row."""
    for kind in _asked(form):
        account, tax = form.cleaned_data.get(account_name(kind), ""), form.cleaned_data.get(tax_name(kind), "")
        mine = LineAccount.objects.filter(connection=connection, kind=kind)
        if not mine.update(account=account, tax_type=tax) and (account or tax):
            LineAccount.objects.create(connection=connection, kind=kind, account=account, tax_type=tax)


def _asked(form: forms.BaseForm) -> list[LineKind]:
    """Return the kinds that the form asks for: none where they stand in another room."""
    return [kind for kind in WITH_OWN_ACCOUNT if account_name(kind) in form.fields]


def account_name(kind: LineKind) -> str:
    """Return the name of the field that holds a kind's account."""
    return f"line_account-{kind}"


def tax_name(kind: LineKind) -> str:
    """Return the name of the field that holds a kind's tax."""
    return f"line_tax-{kind}"


def _choice(label: str, choices: Choices, stored: str, nothing: str) -> forms.ChoiceField:
    offered = [("", nothing), *with_stored(choices, stored)]
    return forms.ChoiceField(label=label, required=False, initial=stored, choices=offered)
