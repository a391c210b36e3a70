"""What a person may say of an order."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from daybook.web.forms.styled import StyledForm
from daybook.web.language import figures


class DateForm(StyledForm, forms.Form):
    """The day on which the order was dispatched."""

    typed_date = forms.DateField(
        label=gettext_lazy("Dispatched on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Dates the order's documents, whatever the OMS sends. Empty: what the OMS says counts."),
        error_messages={"invalid": gettext_lazy("Type a day, such as 2026-11-20.")},
    )


class MoveForm(StyledForm, forms.Form):
    """The day that dates all documents of a group that wait in locked books."""

    day = forms.DateField(
        label=gettext_lazy("Date them"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("A day after the lock date. Ask whoever files the tax return if you are not sure."),
        error_messages={
            "invalid": gettext_lazy("Type a day, such as 2026-11-20."),
            "required": gettext_lazy("Type the day that is to date them."),
        },
    )

    def __init__(self, *args: Any, locked_to: date | None, **kwargs: Any) -> None:
        """Take the last locked day besides; None: nothing is known to be locked."""
        super().__init__(*args, **kwargs)
        self._locked_to = locked_to

    def clean_day(self) -> date:
        """Return the day, where the books are open."""
        day: date = self.cleaned_data["day"]
        if self._locked_to is not None and day <= self._locked_to:
            said = gettext("The books are locked up to {day}: choose a later day.")
            raise forms.ValidationError(said.format(day=figures.day(self._locked_to)))
        return day
