"""What a company decides about its documents."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms

from daybook.connections.models import PostingSettings, TaxMapping
from daybook.kit import zones
from daybook.kit.money import plain
from daybook.mapping import cash_steps, numbers, references
from daybook.web.forms.offers import Choices, Offer
from daybook.web.forms.styled import StyledForm, dress

ACCOUNTS = ("sales_account", "shipping_account", "cogs_account", "inventory_account")
CONTACTS = ("contact_name", "supplier_contact_name")
TIME_ZONES = [(zone, zone) for zone in sorted(zones.NAMES)]
NOT_ANSWERED = "?"
"""Of the zone of the OMS, where UTC stands there from when it was the default."""
LookUp = Callable[[str], str]
"""A contact's name -> its ContactID. Raises forms.ValidationError in words where there is not exactly one active."""

HELP = {
    "sales_account": "Revenue of the order lines. Only revenue accounts are listed.",
    "shipping_account": "Nothing chosen: shipping goes to the sales account.",
    "cogs_account": "Where Xero books the cost when a tracked item is sold. Only direct costs and expenses are listed.",
    "inventory_account": "Holds the value of the stock. Only accounts of type Inventory are listed.",
    "contact_name": "The contact in Xero that stands for your company: customer of the invoices and supplier of the purchase orders. It must exist there already; Daybook looks it up and keeps its id.",
    "supplier_contact_name": "Only where the purchase orders should name another contact.",
    "purchase_tax_type": "The tax rate on purchase order lines.",
    "document_status": "Draft is the safe start: nothing reaches the ledger until a person approves it in Xero.",
    "number_prefix": "Stands before the order's reference. Letters, digits, dot, hyphen and underscore.",
    "reference_template": "May hold {ref}, {external_ref}, {customer}, {currency}, {date} and {number}.",
    "payment_terms_days": "Days from the invoice's date to its due date.",
    "start_date": "Orders dispatched before this day are skipped. Empty: every order counts.",
    "include_orders_with_errors": "Off: an order that the OMS marks as faulty is held until it is corrected there.",
    "allow_backorders": "Lets an approved invoice sell a tracked item below zero stock.",
    "post_within_minutes": "Documents may wait this long for others so that one call carries up to 50. 0: at once.",
    "default_currency": "For orders that name no currency. Nothing chosen: the organisation's base currency.",
    "cost_currency": "Of unit costs for which the order names no currency. Nothing chosen: the organisation's base currency. Purchase orders are in the costs' currency, whatever the customer pays in.",
    "not_stock": "One SKU in each line, or a pattern: * stands for any characters, ? for one. What is listed (fees, gift wrap, kits whose parts are the stock) stands on the invoice as a plain line, and on no purchase order.",
    "when_cost_is_zero": "A cost of 0 may be meant, or nobody has filled it in. A cost of the item in Xero or of the cost list comes before it.",
    "part_shipment_days": "An order of which only a part has left for so many days is shown under Needs a person.",
    "cash_steps": "Only where the OMS rounds amounts more coarsely than the currency's smallest coin: CHF 0.05, DKK 1.",
    "order_time_zone": "The clock of whoever sends the orders: times that name no zone are read in this one. A bare day is that day everywhere.",
    "undated_days": "An order that arrives dispatched and without a day of dispatch is dated by its arrival if it was ordered at most so many days before; an older one waits for a person to type the day. Empty: always dated by its arrival.",
    "when_tax_differs": "Where Xero's arithmetic can meet the order's gross but not its split into net and tax.",
}


class SettingsForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """Everything below the connection itself, in one form with one Save."""

    new_rate = forms.CharField(label="Add a rate (%)", required=False, max_length=12)
    new_tax_type = forms.ChoiceField(label="Tax rate in Xero", required=False)

    class Meta:
        model = PostingSettings
        fields = [
            "process_method", *ACCOUNTS, *CONTACTS, "purchase_tax_type", "document_status", "number_prefix",
            "reference_template", "payment_terms_days", "start_date", "post_when", "when_tax_differs",
            "include_orders_with_errors", "allow_backorders", "post_within_minutes", "default_currency",
            "order_time_zone", "undated_days", "cost_currency", "not_stock", "when_cost_is_zero", "part_shipment_days",
            "cash_steps",
        ]  # fmt: skip
        help_texts = HELP
        widgets = {
            "process_method": forms.RadioSelect,
            "not_stock": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            "start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(
        self, *arguments: Any, offer: Offer, tax_mappings: list[TaxMapping], look_up: LookUp, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self.offer, self.look_up = offer, look_up
        self.tax_fields = {tax_field_name(row.rate): row for row in tax_mappings}
        self._offer_choices()
        for name, row in self.tax_fields.items():
            self.fields[name] = _tax_field(row, offer.sales_tax)
        dress(self)

    def _offer_choices(self) -> None:
        for name in ACCOUNTS:
            self._choose(name, self.offer.accounts.get(name, []), "(choose an account)")
            if not getattr(self.instance, name):
                self.initial[name] = self.offer.preselected.get(name, "")
        self._choose("purchase_tax_type", self.offer.purchase_tax, "(choose a tax rate)")
        self._choose("default_currency", self.offer.currencies, "(the base currency)")
        self._choose("cost_currency", self.offer.currencies, "(the base currency)")
        is_asked = not self.instance.order_time_zone_confirmed
        if is_asked:
            self.initial["order_time_zone"] = NOT_ANSWERED
        question = [(NOT_ANSWERED, "(not answered yet: UTC so far)")] if is_asked else []
        self._choose("order_time_zone", [*question, *TIME_ZONES], "(the organisation's)")
        self.fields["new_tax_type"] = forms.ChoiceField(
            label="Tax rate in Xero", required=False, choices=[("", "(choose a tax rate)"), *self.offer.sales_tax]
        )

    def _choose(self, name: str, choices: Choices, nothing: str) -> None:
        stored = getattr(self.instance, name)
        field = self.fields[name]
        self.fields[name] = forms.ChoiceField(
            label=field.label,
            help_text=field.help_text,
            required=False,
            choices=[("", nothing), *_with_stored(choices, stored)],
            error_messages={"invalid_choice": "“%(value)s” is not among those that fit here. Choose one of the list."},
        )

    def clean_process_method(self) -> str:
        """Nothing selected is a valid answer: it means Untracked."""
        return self.cleaned_data.get("process_method") or ""

    def clean_order_time_zone(self) -> str:
        """Nothing chosen means the organisation's; whatever is chosen answers the question."""
        chosen: str = self.cleaned_data["order_time_zone"]
        if chosen == NOT_ANSWERED:
            return str(self.instance.order_time_zone)
        self.instance.order_time_zone_confirmed = True
        return chosen

    def clean_cash_steps(self) -> str:
        """Say which step cannot be read."""
        try:
            return cash_steps.written(cash_steps.read(self.cleaned_data["cash_steps"]))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_number_prefix(self) -> str:
        """A prefix must pass into Xero's numbers unchanged."""
        prefix: str = self.cleaned_data["number_prefix"].strip()
        if prefix and not numbers.is_usable(prefix):
            raise forms.ValidationError("Use only letters A-Z, digits, dot, hyphen and underscore.")
        return prefix

    def clean_reference_template(self) -> str:
        """Say which field of the template is not known."""
        template: str = self.cleaned_data["reference_template"].strip()
        problem = references.template_problem(template)
        if problem:
            raise forms.ValidationError(problem)
        return template

    def clean_contact_name(self) -> str:
        """Look the contact up in Xero."""
        return self._clean_contact("contact_name", "contact_id")

    def clean_supplier_contact_name(self) -> str:
        """Look the supplier contact up in Xero."""
        return self._clean_contact("supplier_contact_name", "supplier_contact_id")

    def _clean_contact(self, name_field: str, id_field: str) -> str:
        name: str = " ".join(self.cleaned_data[name_field].split())
        is_known = name == self.initial.get(name_field) and getattr(self.instance, id_field)
        if not is_known:
            setattr(self.instance, id_field, self.look_up(name) if name else "")
        return name

    def clean_new_rate(self) -> str:
        """Read a percentage such as 20 or 8.875."""
        text: str = self.cleaned_data["new_rate"].strip().rstrip("%").strip().replace(",", ".")
        if text and read_percent(text) is None:
            raise forms.ValidationError("Write the rate as a percentage from 0 to 100, such as 20 or 8.875.")
        return text

    def clean(self) -> dict[str, Any]:
        """Tracked needs its two accounts; a chosen tax rate needs its percentage."""
        cleaned = super().clean() or {}
        if cleaned.get("process_method") == PostingSettings.Method.TRACKED and self.offer.accounts:
            for name in ("cogs_account", "inventory_account"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Tracked needs this account.")
        if cleaned.get("new_tax_type") and not cleaned.get("new_rate") and "new_rate" not in self.errors:
            self.add_error("new_rate", "Which percentage should become this tax rate?")
        return cleaned

    def tax_choices(self) -> dict[Decimal, str]:
        """Return the TaxType chosen for each rate, a newly added one too."""
        chosen = {row.rate: self.cleaned_data.get(name, "") for name, row in self.tax_fields.items()}
        new_rate = read_percent(self.cleaned_data.get("new_rate", ""))
        if new_rate is not None:
            chosen[new_rate] = self.cleaned_data.get("new_tax_type", "")
        return chosen


def tax_field_name(rate: Decimal) -> str:
    """Return the form field of a rate: 0.2 -> "tax-20"."""
    return f"tax-{plain(rate * 100)}"


def read_percent(text: str) -> Decimal | None:
    """Return a percentage as a fraction of at most 6 decimals, None where the text is none."""
    try:
        rate = Decimal(text) / 100
    except ArithmeticError:  # no number, or one beyond all numbers
        return None
    is_rate = rate.is_finite() and 0 <= rate <= 1 and rate == round(rate, 6)
    return rate if is_rate else None


def _tax_field(row: TaxMapping, choices: Choices) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=f"{plain(row.rate * 100)} %",
        required=False,
        initial=row.tax_type,
        choices=[("", "(not decided: its orders are held)"), *_with_stored(choices, row.tax_type)],
    )


def _with_stored(choices: Choices, stored: str) -> Choices:
    """A stored value that the organisation no longer offers stays visible, so that nobody loses it unseen."""
    if not stored or stored in dict(choices):
        return choices
    return [*choices, (stored, f"{stored} (no longer offered by the organisation)" if choices else stored)]
