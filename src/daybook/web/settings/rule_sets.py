"""Ready-made sets of posting rules: shown line by line with what they assume, and applied only as a person chose."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy, gettext_noop, ngettext
from django.views.decorators.http import require_http_methods

from daybook.catalog import facts
from daybook.connections import rulebook
from daybook.connections.models import PostingRule
from daybook.kit.money import plain
from daybook.kit.translation import retold
from daybook.ledgers.lists import AccountUse
from daybook.mapping import posting_rules, rule_sets, rule_words
from daybook.mapping.rule_sets import RuleSet, SetLine
from daybook.outbox import wake
from daybook.web import buttons, pages
from daybook.web.access import CompanyRequest, Role, member, with_consent
from daybook.web.forms.styled import StyledForm, dress
from daybook.web.language import figures
from daybook.web.settings import rule_form
from daybook.web.settings.form import read_percent
from daybook.web.settings.offers import Choices
from daybook.web.settings.rule_form import Offered, RuleForm

_NOT_MADE = gettext_noop("(not decided: no rule is made)")


def as_read(of: RuleSet) -> RuleSet:
    """Return a set with its words in the language of who reads; its lines as they are stored."""
    return replace(of, title=retold(of.title), assumes=tuple(retold(each) for each in of.assumes))


class SetForm(StyledForm, forms.Form):
    """What a person chooses for each rule of a set."""

    def __init__(self, *arguments: Any, of: RuleSet, offer: Offered, debts: Choices, **named: Any) -> None:
        self.of, self.offer = of, offer
        super().__init__(*arguments, **named)
        if of.asks_channel:
            self.fields["channel"] = forms.CharField(
                label=gettext("Sales channel"),
                required=False,
                max_length=100,
                help_text=gettext("As orders say it: amazon."),
            )
            self.fields["country"] = forms.CharField(
                label=gettext("Destination countries"),
                required=False,
                max_length=1000,
                help_text=gettext("Two letters each: FR, DE."),
            )
        if of.shapes:
            shapes = [(str(shape), _capital(gettext(rule_words.SHAPES[shape]))) for shape in of.shapes]
            self.fields["tax_shape"] = forms.ChoiceField(label=gettext("The tax"), choices=shapes)
            self.fields["tax_account"] = forms.ChoiceField(
                label=gettext("Account for the tax"), required=False, choices=[("", gettext("(choose one)")), *debts]
            )
        self.lines = [self._at_typed_rate(line, place) for place, line in enumerate(of.lines)]
        for place, line in enumerate(self.lines):
            if of.asks_rates:
                self.fields[f"rate-{place}"] = forms.CharField(
                    label=gettext("{rule}: percent").format(rule=retold(line.title)),
                    required=False,
                    max_length=12,
                    initial=plain(of.lines[place].rate * 100),
                )
            self.fields[f"tax-{place}"] = self._taxes(line)
            self.fields[f"account-{place}"] = forms.ChoiceField(
                label=gettext("{rule}: account").format(rule=retold(line.title)),
                required=False,
                choices=[("", gettext("(as the settings say)")), *offer.accounts],
            )
        dress(self)

    def _at_typed_rate(self, line: SetLine, place: int) -> SetLine:
        """Return a line at the percentage that a person wrote instead of the one that is offered."""
        typed = read_percent(self._typed_rate(place)) if self.of.asks_rates and self.is_bound else None
        return line if typed is None else line.at(typed)

    def _typed_rate(self, place: int) -> str:
        return str(self.data.get(f"rate-{place}", "")).strip().removesuffix("%").strip().replace(",", ".")

    def clean(self) -> dict[str, Any]:
        """Say of a percentage that it is none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(len(self.lines) if self.of.asks_rates else 0):
            if (
                cleaned.get(f"tax-{place}")
                and self._typed_rate(place)
                and read_percent(self._typed_rate(place)) is None
            ):
                self.add_error(f"rate-{place}", gettext("Write a percentage from 0 to 100, such as 21 or 25.5."))
        return cleaned

    def _taxes(self, line: SetLine) -> forms.ChoiceField:
        names = dict(self.offer.taxes)
        rates = [(tax_type, names[tax_type], rate) for tax_type, rate in self.offer.rates.items()]
        fits = [(tax_type, name) for tax_type, name, rate in rates if rate == line.rate]
        return forms.ChoiceField(
            label=gettext("{rule}: tax rate").format(rule=retold(line.title)),
            required=False,
            initial=rule_sets.chosen(line, rates),
            choices=[("", gettext(_NOT_MADE)), *fits],
            error_messages={
                "invalid_choice": gettext("Choose a tax rate of {rate} %%, or another percentage.").format(
                    rate=figures.figure(plain(line.rate * 100))
                )
            },
        )

    @property
    def drawn(self) -> list["Drawn"]:
        """Return the rules as the page shows them."""
        return [
            Drawn(
                title=retold(line.title),
                about=rule_words.in_words(posting_rules.read_when(line.as_stored)),
                tax=self[f"tax-{place}"],
                account=self[f"account-{place}"],
                has_none=len(self.fields[f"tax-{place}"].choices) == 1,  # type: ignore[attr-defined]
                percent=figures.figure(plain(line.rate * 100)),
                rate=self[f"rate-{place}"] if self.of.asks_rates else None,
            )
            for place, line in enumerate(self.lines)
        ]

    @property
    def together(self) -> list[forms.BoundField]:
        """Return what is chosen for all rules of the set."""
        return [self[name] for name in ("channel", "country", "tax_shape", "tax_account") if name in self.fields]

    def made(self) -> list[PostingRule]:
        """Return the rules that were decided; what is wrong with one is said at its field."""
        found = []
        for place, line in enumerate(self.lines):
            if self.cleaned_data.get(f"tax-{place}"):
                rule = self._rule(line, place)
                if rule is not None:
                    found.append(rule)
        return found

    def _rule(self, line: SetLine, place: int) -> PostingRule | None:
        """Return a rule, checked as if it had been typed; None where it cannot be."""
        sent = _typed(line)
        shape = self.cleaned_data.get("tax_shape") or str(line.tax_shape)
        sent.update({"tax_type": self.cleaned_data[f"tax-{place}"], "account": self.cleaned_data[f"account-{place}"]})
        sent.update({"tax_shape": shape, "tax_account": self.cleaned_data.get("tax_account", "")})
        for name in ("channel", "country"):
            if self.cleaned_data.get(name):
                sent[name] = self.cleaned_data[name]
        form = RuleForm(sent, offer=self.offer)
        if form.is_valid():
            return form.made
        for name, words in form.errors.items():
            where = name if name in self.fields else f"tax-{place}"
            if not self.has_error(where):
                self.add_error(where, list(words))
        return None


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _typed(line: SetLine) -> QueryDict:
    """Return what a rule asks for as a person would have typed it."""
    typed = QueryDict(mutable=True)
    typed.update({"title": line.title, "position": "1"})
    for name, stored in line.as_stored.items():
        values, is_not = posting_rules.values_in(stored)
        assert isinstance(values, list)  # noqa: S101  # as sets are written
        if is_not:
            typed[rule_form.but(name)] = "on"
        if name in {"kind", "liable"}:
            typed.setlist(name, values)
        elif name == "vat_number":
            typed[name] = "none"
        else:
            typed[name] = ", ".join(plain(Decimal(value) * 100) if name == "rate" else value for value in values)
    return typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A rule of a set as the page shows it."""

    title: str
    about: str
    tax: forms.BoundField
    account: forms.BoundField
    has_none: bool
    """The organisation has no tax rate of that percentage."""
    percent: str
    rate: forms.BoundField | None
    """Where the percentage may be written."""


@member(Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def show(request: CompanyRequest, name: str) -> HttpResponse:
    """Show a set with all that it assumes; a POST adds those of its rules that were decided, behind the others."""
    row = request.connection
    of = next((each for each in rule_sets.sets(row.facts.country_code) if each.name == name), None)
    if of is None:
        raise Http404
    offer, stored = rule_form.offered(row), rulebook.of(row)
    debts = [
        (each.code, f"{each.code} {each.name}") for each in facts.rule_accounts(row) if each.use == AccountUse.DEBT
    ]
    if of.asks_channel:
        debts = offer.accounts
    form = SetForm(request.POST or None, of=of, offer=offer, debts=debts)
    if request.method == "POST" and form.is_valid():
        made = form.made()
        if not made and not form.errors:
            form.add_error(None, gettext("Nothing is decided yet: choose the tax rate of at least one rule."))
        if not form.errors:
            answer = _apply(request, of, made)
            if answer is not None:
                return answer
            stored = rulebook.of(row)
    context = {
        "title": as_read(of).title,
        "connection": row,
        "set": as_read(of),
        "form": form,
        "version": rulebook.version(stored),
        "already": len(stored),
    }
    return pages.render(request, "daybook/connection/rule_set.html", context, status=_status(form))


def _status(form: SetForm) -> int:
    """Bound and shown again, it was refused: for what it says, or because the rules are others by now."""
    if not form.is_bound:
        return 200
    return 422 if form.errors else 409


CHANGED = gettext_lazy(
    "Nothing was saved yet: somebody changed the rules while you had the page open. Look at them, then press again."
)


def _apply(request: CompanyRequest, of: RuleSet, made: list[PostingRule]) -> HttpResponse | None:
    """Add the rules behind those that stand; None where somebody changed these meanwhile."""
    row = request.connection
    try:
        rulebook.change(row, lambda stands: [*stands, *made], by=request.user, seen=request.POST.get("version", ""))
    except rulebook.RulesChangedError:
        messages.error(request, CHANGED)
        return None
    except rulebook.TooManyRulesError:
        messages.error(
            request,
            gettext("Nothing was saved: a connection has at most {most} rules.").format(most=rulebook.MOST_RULES),
        )
        return None
    wake.wake_prepare(row.company_id)
    left = [retold(line.title) for place, line in enumerate(of.lines) if not request.POST.get(f"tax-{place}")]
    messages.success(
        request,
        ngettext(
            "{count} rule was added behind the others.", "{count} rules were added behind the others.", len(made)
        ).format(count=len(made)),
    )
    if left:
        messages.warning(
            request, gettext("Left undecided, so no rule was made: {rules}.").format(rules=", ".join(left))
        )
    return redirect(buttons.connection_page(row, name="rules"))
