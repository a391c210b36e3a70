"""What a company decides about its documents."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from daybook.companies.settings_table import ON_PAGE, Holds, Setting, holding
from daybook.connections.models import ChannelContact, Gateway, LineAccount, PostingSettings, TaxMapping
from daybook.kit import zones
from daybook.kit.money import plain
from daybook.kit.translation import retold
from daybook.mapping import cash_steps, numbers, references
from daybook.web.forms.styled import StyledForm, dress
from daybook.web.language import figures
from daybook.web.settings import channels as channels_of
from daybook.web.settings import gateways, line_accounts
from daybook.web.settings.offers import Choices, Offer, with_stored
from daybook.web.settings.rooms import Room

TIME_ZONES = [(zone, zone) for zone in sorted(zones.NAMES)]
NOT_ANSWERED = "?"
"""Of the zone of the OMS, where UTC stands there from when it was the default."""
NEW_ROWS = ("", "-2", "-3")
"""What the names of the fields end with in which further rates are typed."""
LookUp = Callable[[str], str]
"""A contact's name -> its ContactID. Raises forms.ValidationError in words where there is not exactly one active."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One setting on the page."""

    field: forms.BoundField
    setting: Setting
    is_found: bool
    """It names a contact that was found in the ledger."""


class SettingsForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """What a company decides through a connection: of one room, or of all of them at once."""

    class Meta:
        model = PostingSettings
        fields = [one.name for one in ON_PAGE]
        help_texts = {one.name: one.help for one in ON_PAGE}
        widgets = {
            "process_method": forms.RadioSelect,
            "not_stock": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            "start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(
        self,
        *arguments: Any,
        offer: Offer,
        tax_mappings: list[TaxMapping],
        booked: list[LineAccount],
        gateways_seen: list[Gateway],
        look_up: LookUp,
        channels: list[ChannelContact] | None = None,
        room: Room | None = None,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self.offer, self.look_up = offer, look_up
        self.tax_fields = {tax_field_name(row.rate): row for row in tax_mappings}
        for field in self.fields.values():
            field.help_text = str(field.help_text).replace("{ledger}", offer.ledger)
        self._offer_choices()
        for name, row in self.tax_fields.items():
            self.fields[name] = _tax_field(row, offer.sales_tax)
        self.fields |= line_accounts.fields(offer, booked)
        self.gateways_seen = gateways_seen
        self.fields |= gateways.fields(offer, gateways_seen)
        self.channel_rows = channels or []
        self.fields |= channels_of.fields(self.channel_rows)
        if room is not None:
            self._keep_to(room)
        dress(self)

    def _keep_to(self, room: Room) -> None:
        """Drop what stands in other rooms: it is neither shown nor written."""
        self.fields = {name: field for name, field in self.fields.items() if room.holds(name)}
        self.tax_fields = {name: row for name, row in self.tax_fields.items() if name in self.fields}
        self.gateways_seen = [row for row in self.gateways_seen if gateways.field_name(row) in self.fields]
        self.channel_rows = [row for row in self.channel_rows if channels_of.name_of(row) in self.fields]

    def _offer_choices(self) -> None:
        for one in holding(Holds.ACCOUNT):
            self._choose(one.name, self.offer.accounts.get(one.name, []), gettext("(choose an account)"))
            if not getattr(self.instance, one.name):
                self.initial[one.name] = self.offer.preselected.get(one.name, "")
        for one in holding(Holds.TAX_TYPE):
            self._choose(one.name, self.offer.purchase_tax, gettext("(choose a tax rate)"))
        for one in holding(Holds.CURRENCY):
            self._choose(one.name, self.offer.currencies, gettext("(the base currency)"))
        self._name_ledger("when_tax_differs", PostingSettings.TaxDiffers.choices)
        self._ask_zone()
        for row in NEW_ROWS:
            self.fields[f"new_rate{row}"] = forms.CharField(
                label=gettext("Add a rate (%)"), required=False, max_length=12
            )
            self.fields[f"new_tax_type{row}"] = forms.ChoiceField(
                label=gettext("Tax rate in {ledger}").format(ledger=self.offer.ledger),
                required=False,
                choices=[("", gettext("(choose a tax rate)")), *self.offer.sales_tax],
            )

    def _name_ledger(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for the type checker: a field with choices is one
        field.choices = [
            (value, gettext(str(label)).replace("{ledger}", self.offer.ledger)) for value, label in choices
        ]

    def _ask_zone(self) -> None:
        is_asked = not self.instance.order_time_zone_confirmed
        if is_asked:
            self.initial["order_time_zone"] = NOT_ANSWERED
        question = [(NOT_ANSWERED, gettext("(not answered yet: UTC so far)"))] if is_asked else []
        self._choose("order_time_zone", [*question, *TIME_ZONES], gettext("(the organisation's)"))

    def _choose(self, name: str, choices: Choices, nothing: str) -> None:
        stored = getattr(self.instance, name)
        field = self.fields[name]
        self.fields[name] = forms.ChoiceField(
            label=field.label,
            help_text=field.help_text,
            required=False,
            choices=[("", nothing), *with_stored(choices, stored)],
            error_messages={
                "invalid_choice": gettext("“%(value)s” is not among those that fit here. Choose one of the list.")
            },
        )

    def drawn(self, settings: Iterable[Setting]) -> list[Drawn]:
        """Return settings as a page draws them."""
        return [
            Drawn(self[one.name], one, is_found=bool(one.id_field and getattr(self.instance, one.id_field)))
            for one in settings
        ]

    @property
    def is_tracked(self) -> bool:
        """Return whether the company posts Tracked, as far as the form or what is stored says."""
        said = self["process_method"].value() if "process_method" in self.fields else self.instance.process_method
        return bool(said == PostingSettings.Method.TRACKED)

    @property
    def line_accounts(self) -> list[line_accounts.Drawn]:
        """Return the table of lines that are no goods."""
        return line_accounts.drawn(self)

    @property
    def gateways(self) -> list[gateways.Drawn]:
        """Return the table of who carries money, and where it then stands."""
        return gateways.drawn(self, self.gateways_seen, makes_accounts=self.offer.makes_accounts)

    @property
    def channels(self) -> list[channels_of.Drawn]:
        """Return the channels that have a contact of their own."""
        return channels_of.drawn(self, self.channel_rows)

    def clean_process_method(self) -> str:
        """Nothing selected is a valid answer: it means Untracked."""
        chosen: str = self.cleaned_data.get("process_method") or ""
        if chosen == PostingSettings.Method.TRACKED and not self.offer.takes_purchase_orders:
            raise forms.ValidationError(
                gettext("{ledger} takes no purchase orders. Choose Untracked.").format(ledger=self.offer.ledger)
            )
        return chosen

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
            raise forms.ValidationError(retold(str(error))) from error

    def clean_number_prefix(self) -> str:
        """A prefix must pass into the ledger's numbers unchanged."""
        prefix: str = self.cleaned_data["number_prefix"].strip()
        if prefix and not numbers.is_usable(prefix):
            raise forms.ValidationError(gettext("Use only letters A-Z, digits, dot, hyphen and underscore."))
        return prefix

    def clean_reference_template(self) -> str:
        """Say which field of the template is not known."""
        template: str = self.cleaned_data["reference_template"].strip()
        problem = references.template_problem(template)
        if problem:
            raise forms.ValidationError(retold(problem))
        return template

    def clean_contact_name(self) -> str:
        """Look the contact up in the ledger."""
        return self._clean_contact("contact_name")

    def clean_supplier_contact_name(self) -> str:
        """Look the supplier contact up in the ledger."""
        return self._clean_contact("supplier_contact_name")

    def _clean_contact(self, name_field: str) -> str:
        id_field = next(one.id_field for one in holding(Holds.CONTACT) if one.name == name_field)
        name: str = " ".join(self.cleaned_data[name_field].split())
        is_known = name == self.initial.get(name_field) and getattr(self.instance, id_field)
        if not is_known:
            setattr(self.instance, id_field, self.look_up(name) if name else "")
        return name

    def _check_new_rates(self, cleaned: dict[str, Any]) -> None:
        """Read percentages such as 20 or 8.875; a chosen tax rate needs one."""
        for row in NEW_ROWS:
            name = f"new_rate{row}"
            text = cleaned.get(name, "").strip().rstrip("%").strip().replace(",", ".")
            if text and read_percent(text) is None:
                self.add_error(name, gettext("Write the rate as a percentage from 0 to 100, such as 20 or 8.875."))
            elif cleaned.get(f"new_tax_type{row}") and not text:
                self.add_error(name, gettext("Which percentage should become this tax rate?"))
            elif text and self._is_decided_otherwise(cleaned, text, cleaned.get(f"new_tax_type{row}", "")):
                self.add_error(
                    name,
                    gettext("{rate} % stands above already: change it there, or leave this row empty.").format(
                        rate=text
                    ),
                )
            else:
                cleaned[name] = text

    def _is_decided_otherwise(self, cleaned: dict[str, Any], percent: str, tax_type: str) -> bool:
        """Tell whether a rate has another tax rate in its own row: somebody decided it since this form was opened, say."""
        rate = read_percent(percent)
        decided = cleaned.get(tax_field_name(rate), "") if rate is not None else ""
        return decided not in {"", tax_type}

    @property
    def new_rates(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the rows in which rates are typed that no order has brought yet."""
        return [(self[f"new_rate{row}"], self[f"new_tax_type{row}"]) for row in NEW_ROWS]

    def clean(self) -> dict[str, Any]:
        """Tracked needs its two accounts, where they are asked for; a chosen tax rate needs its percentage."""
        cleaned = super().clean() or {}
        method = cleaned.get("process_method", self.instance.process_method)
        if method == PostingSettings.Method.TRACKED and self.offer.accounts:
            for name in ("cogs_account", "inventory_account"):
                if name in self.fields and not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Tracked needs this account."))
        if "new_rate" in self.fields:
            self._check_new_rates(cleaned)
        line_accounts.check(self)
        channels_of.check(self, self.channel_rows)
        return cleaned

    def tax_choices(self) -> dict[Decimal, str]:
        """Return the TaxType chosen for each rate, a newly added one too."""
        chosen = {row.rate: self.cleaned_data.get(name, "") for name, row in self.tax_fields.items()}
        for row in NEW_ROWS:
            new_rate = read_percent(self.cleaned_data.get(f"new_rate{row}", ""))
            if new_rate is not None:
                chosen[new_rate] = self.cleaned_data.get(f"new_tax_type{row}", "")
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
        label=f"{figures.figure(plain(row.rate * 100))} %",
        required=False,
        initial=row.tax_type,
        choices=[("", gettext("(not decided: its orders are held)")), *with_stored(choices, row.tax_type)],
    )
