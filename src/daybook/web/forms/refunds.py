"""What a person says of a refund: how many or how much of each line, of the carriage, and for no line."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from daybook.mapping.texts import without_entities
from daybook.sources.canonical.after import Amounts, Refund
from daybook.sources.canonical.schema import CanonicalOrder
from daybook.web.forms.styled import StyledForm, dress

_MOST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the order, and what is typed of it."""

    sku: str
    description: str
    sold: Decimal
    quantity: forms.BoundField
    gross: forms.BoundField
    returned: forms.BoundField


class RefundForm(StyledForm, forms.Form):
    """One refund."""

    at = forms.DateField(
        label=gettext_lazy("Given back on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Dates the credit note. Empty: as the shop says, else today."),
        error_messages={"invalid": gettext_lazy("Type a day, such as 2026-11-20.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Stands in the credit note's reference."),
    )

    def __init__(self, order: CanonicalOrder, refund: Refund, *arguments: Any, **named: Any) -> None:
        self._order = order
        super().__init__(*arguments, initial=_initial(order, refund), **named)
        for place in range(len(order.lines)):
            self.fields[f"quantity-{place}"] = _number(gettext("How many"), places=4)
            self.fields[f"gross-{place}"] = _number(gettext("Amount with tax"), places=2)
            self.fields[f"returned-{place}"] = forms.BooleanField(label=gettext("Came back"), required=False)
            for name in ("quantity", "gross", "returned"):
                field = self.fields[f"{name}-{place}"]
                field.widget.attrs["aria-label"] = str(field.label)  # a column's head says it to whoever sees it
        self.fields["shipping"] = _number(gettext("Of the carriage, with tax"), places=2)
        self.fields["other"] = _number(gettext("For no line, with tax"), places=2, signed=True)
        self.fields["other"].help_text = gettext(
            "Goodwill, or what was kept (below 0). Booked on the account of Refunds without lines."
        )
        dress(self)  # the lines' fields too

    def rows(self) -> Iterator[Row]:
        """Yield the order's lines with their fields."""
        for place, line in enumerate(self._order.lines):
            yield Row(
                without_entities(line.sku),
                without_entities(line.description),
                line.quantity,
                self[f"quantity-{place}"],
                self[f"gross-{place}"],
                self[f"returned-{place}"],
            )

    def said(self) -> dict[str, Any]:
        """Return what was typed as a canonical refund has it; empty where nothing was."""
        given = self.cleaned_data
        lines = []
        for place, line in enumerate(self._order.lines):
            quantity, gross = given.get(f"quantity-{place}"), given.get(f"gross-{place}")
            if quantity or gross:
                part = {"line": line.id or line.ref or line.external_ref, "quantity": str(quantity or 0)}
                amounts = {"amounts": {"gross": str(gross)}} if gross is not None else {}
                lines.append({**part, **amounts, "returned": bool(given.get(f"returned-{place}"))})
        said: dict[str, Any] = {"lines": lines} if lines else {}
        if given.get("shipping"):
            said["shipping"] = {"gross": str(given["shipping"])}
        if given.get("other"):
            said["adjustments"] = [{"amounts": {"gross": str(given["other"])}}]
        if said:
            said |= {"reason": given["reason"]} if given["reason"] else {}
            said |= {"at": given["at"].isoformat()} if given.get("at") else {}
        return said


def _number(label: str, *, places: int, signed: bool = False) -> forms.DecimalField:
    least = -_MOST if signed else Decimal(0)
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=least,
        max_value=_MOST,
        max_digits=14,
        decimal_places=places,
        error_messages={"invalid": gettext("Type a number, such as 12.50."), "min_value": gettext("Type 0 or more.")},
    )


def _initial(order: CanonicalOrder, refund: Refund) -> dict[str, Any]:
    """Return what is known of the refund, in the form's fields."""
    found: dict[str, Any] = {"reason": refund.reason, "shipping": refund.shipping.whole}
    for place, line in enumerate(order.lines):
        names = {line.id, line.ref, line.external_ref} - {""}
        for each in refund.lines:
            if each.line in names:
                found[f"quantity-{place}"], found[f"gross-{place}"] = each.quantity, each.amounts.whole
                found[f"returned-{place}"] = each.returned
    others = [each.amounts.whole for each in refund.adjustments if each.amounts != Amounts()]
    if others and None not in others:
        found["other"] = sum((each for each in others if each is not None), Decimal(0))
    return found
