"""What a person may say of an order."""

from django import forms

from daybook.web.forms.styled import StyledForm


class DateForm(StyledForm, forms.Form):
    """The day on which the order was dispatched."""

    typed_date = forms.DateField(
        label="Dispatched on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Dates the order's documents, whatever the OMS sends. Empty: what the OMS says counts.",
        error_messages={"invalid": "Type a day, such as 2026-11-20."},
    )
