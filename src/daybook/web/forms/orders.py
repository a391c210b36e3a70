"""What a person may say of an order."""

from django import forms
from django.utils.translation import gettext_lazy

from daybook.web.forms.styled import StyledForm


class DateForm(StyledForm, forms.Form):
    """The day on which the order was dispatched."""

    typed_date = forms.DateField(
        label=gettext_lazy("Dispatched on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Dates the order's documents, whatever the OMS sends. Empty: what the OMS says counts."),
        error_messages={"invalid": gettext_lazy("Type a day, such as 2026-11-20.")},
    )
