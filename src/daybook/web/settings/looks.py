"""What a connection's order files look like: the form, with a preview on the company's own newest orders."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from daybook.connections import roster, running
from daybook.connections.models import Connection, PostingSettings, TaxMapping
from daybook.connections.outgoing import FileFormat
from daybook.connections.schedules import Every
from daybook.documents.causes import Hold
from daybook.documents.file_rules import FileRules
from daybook.documents.order_file import OrderFile
from daybook.intake import order_files, sampling
from daybook.kit import clock
from daybook.kit.money import plain
from daybook.ledgers.files import formats, sage
from daybook.ledgers.files.names import batch_name, file_name
from daybook.outbox.explanations import explain
from daybook.posting import filing
from daybook.web.forms.styled import StyledForm
from daybook.web.language import figures

SHOWN = 6_000
"""Characters of a preview."""
PATIENCE = 12.0
"""Seconds for all texts of a preview: somebody sits before it. A machine with time to spare needs at most 5 for them."""
NO_ORDERS = gettext_lazy("There is no order yet to try it on.")
EXAMPLE_TEMPLATE = """order;sku;quantity;net
{% for order in orders %}{% for line in order.lines -%}
{{ order.number|csv(";") }};{{ line.sku|csv(";") }};{{ line.quantity|number }};{{ line.net|money }}
{% endfor %}{% endfor %}"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What would become of one order."""

    number: str
    name: str
    """Of the file."""
    text: str
    is_cut: bool
    why_not: str
    """In words; "" where there would be a file."""


class LooksForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """What the files look like, and when they are written."""

    nominal = forms.CharField(
        label=gettext_lazy("Sales nominal code"), max_length=8, required=False, help_text=gettext_lazy("Such as 4000.")
    )
    shipping_nominal = forms.CharField(
        label=gettext_lazy("Shipping nominal code"),
        max_length=8,
        required=False,
        help_text=gettext_lazy("Empty: as the sales."),
    )
    currency = forms.CharField(
        label=gettext_lazy("Your own currency"),
        max_length=3,
        required=False,
        help_text=gettext_lazy("Such as GBP: an order in another one must name its exchange rate."),
    )

    class Meta:
        model = FileFormat
        fields = (
            "format", "every", "run_at", "is_together", "account", "department", "with_headings", "ending", "template",
        )  # fmt: skip
        widgets = {
            "run_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "template": forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "db-mono"}),
        }
        labels = {"is_together": gettext_lazy("One file for all that is due in a run")}
        help_texts = {
            "run_at": gettext_lazy("Of daily, weekly and monthly runs, by the clock of the OMS."),
            "is_together": gettext_lazy("Otherwise each order is a file of its own."),
            "account": gettext_lazy("The customer account in Sage that everything is booked to, such as WEB001."),
            "ending": gettext_lazy("Such as .csv"),
        }

    def __init__(self, *arguments: Any, connection: Connection, **named: Any) -> None:
        self.connection = connection
        chosen = roster.posting_of(connection)
        named["initial"] = {
            "nominal": chosen.sales_account,
            "shipping_nominal": chosen.shipping_account,
            "currency": chosen.default_currency,
        }
        kept = running.format_of(connection)
        if not kept.template:
            kept.template = EXAMPLE_TEMPLATE
        super().__init__(*arguments, instance=kept, **named)
        self._add_tax_codes()

    def _add_tax_codes(self) -> None:
        """A field for each rate that was seen in the company's orders, and for none at all, which roundings bear."""
        self.rates: dict[str, Decimal] = {}
        rows = TaxMapping.objects.filter(connection__company=self.connection.company_id)
        of_others = {row.rate.normalize() + 0: "" for row in rows}
        mine = [row for row in rows if row.connection_id == self.connection.pk]
        seen = of_others | {row.rate.normalize() + 0: row.tax_type for row in mine}
        for rate in sorted({Decimal(0), *seen}, reverse=True):
            name = f"tax_{plain(rate).replace('.', '_')}"
            field = forms.CharField(
                label=gettext("Tax code of {rate} %").format(rate=figures.figure(plain(rate * 100))),
                max_length=3,
                required=False,
                initial=seen.get(rate, ""),
                help_text=gettext("T0 to T99, as Sage lists them."),
            )
            field.widget.attrs["class"] = self.fields["nominal"].widget.attrs["class"]
            self.fields[name] = field
            self.rates[name] = rate

    def clean(self) -> dict[str, Any]:
        """Say at its field what the chosen form needs and cannot use."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("nominal", "shipping_nominal"):
            if said.get(name) and not sage.NOMINAL.fullmatch(said[name]):
                self.add_error(name, gettext("A nominal code is a number of up to eight digits, such as 4000."))
        for name in self.rates:
            if said.get(name) and not sage.TAX_CODE.fullmatch(said[name]):
                self.add_error(name, gettext("A tax code is T and one or two digits, such as T1."))
        currency = said.get("currency", "")
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            self.add_error("currency", gettext("Three capital letters, such as GBP."))
        self._check_chosen(said)
        return said

    def _check_chosen(self, said: dict[str, Any]) -> None:
        wants = formats.FORMATS.get(said.get("format", ""), formats.XML).fields
        needed = {"account": gettext("Say the account number."), "nominal": gettext("Say the sales nominal code.")}
        needed |= {"template": gettext("Write what stands in the file.")}
        for name, words in needed.items():
            if name in wants and name not in self.errors and not str(said.get(name) or "").strip():
                self.add_error(name, words)
        if said.get("ending") in formats.NOT_AN_ENDING:
            self.add_error("ending", gettext("Readers are told to leave such files alone: choose another ending."))

    @property
    def said(self) -> FileRules:
        """Return the rules as the form has them; only of a form that is valid."""
        plan: FileFormat = self.instance
        codes = {rate: self.cleaned_data[name] for name, rate in self.rates.items() if self.cleaned_data[name]}
        return replace(
            filing.rules_of(self.connection, plan),
            nominal=self.cleaned_data["nominal"],
            shipping_nominal=self.cleaned_data["shipping_nominal"],
            currency=self.cleaned_data["currency"],
            tax_codes=codes,
        )

    def keep(self) -> None:
        """Keep all of it. Wants an open transaction."""
        plan = self.save(commit=False)
        kept = FileFormat.objects.select_for_update().filter(connection=self.connection).first()
        plan.last_number = kept.last_number if kept is not None else 0  # which a run may have counted on meanwhile
        plan.save()
        running.plan_next(self.connection, plan, clock.now())
        chosen, _ = PostingSettings.objects.get_or_create(connection=self.connection)
        chosen.sales_account = self.cleaned_data["nominal"]
        chosen.shipping_account = self.cleaned_data["shipping_nominal"]
        chosen.default_currency = self.cleaned_data["currency"]
        chosen.save(update_fields=["sales_account", "shipping_account", "default_currency", "updated_at"])
        for name, rate in self.rates.items():
            code = {"tax_type": self.cleaned_data[name]}
            TaxMapping.objects.update_or_create(connection=self.connection, rate=rate, defaults=code)

    def of(self, *names: str) -> list[forms.BoundField]:
        """Return these fields, for the page."""
        return [self[name] for name in names]

    def about_form(self) -> list[forms.BoundField]:
        """Return what every form of files asks for."""
        return self.of("format", "every", "run_at", "is_together")

    def about_sage(self) -> list[forms.BoundField]:
        """Return what Sage asks for."""
        named = ("account", "nominal", "shipping_nominal", "department", "currency", *self.rates, "with_headings")
        return self.of(*named)

    def about_template(self) -> list[forms.BoundField]:
        """Return what a template asks for."""
        return self.of("ending", "template")


@transaction.atomic
def preview(form: LooksForm) -> list[Shown]:
    """Return what the company's newest orders would become by a valid form; nothing is kept."""
    rules, prefix = form.said, roster.posting_of(form.connection).number_prefix
    found = [
        (number, sampling.order_file(of, number, rules))
        for order, of in sampling.recent(form.connection)
        for number in [order_files.number(order.feed.number_prefix or prefix, order.ref)]
    ]
    good = [(number, paper) for number, paper in found if isinstance(paper, OrderFile)]
    is_together = form.instance.is_together and form.instance.every != Every.AT_ONCE
    held = [_shown(number, "", paper, form) for number, paper in found if isinstance(paper, Hold)]
    if not good:
        return held
    files = [good] if is_together else [[each] for each in good]
    return [*_written(files, rules, form, is_together=is_together), *held]


def _written(
    files: list[list[tuple[str, OrderFile]]], rules: FileRules, form: LooksForm, *, is_together: bool
) -> Iterator[Shown]:
    ending = formats.ending_of(rules)
    for orders, made in zip(files, filing.contents(files, rules, whole=PATIENCE), strict=True):
        name = batch_name(form.instance.last_number + 1, ending) if is_together else file_name(orders[0][0], ending)
        yield _shown(", ".join(number for number, _ in orders), name, made, form)


def _shown(number: str, name: str, made: bytes | Hold | OrderFile, form: LooksForm) -> Shown:
    if isinstance(made, Hold):
        words = explain(made.cause, made.subject, made.detail, ledger=form.connection.ledger)
        return Shown(number, name, "", is_cut=False, why_not=words.sentence)
    encoding = sage.ENCODING if form.instance.format == formats.SAGE.name else "utf-8"
    text = made.decode(encoding, errors="replace") if isinstance(made, bytes) else ""
    return Shown(number, name, text[:SHOWN], is_cut=len(text) > SHOWN, why_not="")
