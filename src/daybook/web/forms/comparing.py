"""Of which days documents are compared."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from daybook.web.forms.styled import StyledForm


def _day() -> forms.DateInput:
    """Return a field for a day; a browser shows the one that is proposed only as ISO 8601 has it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(StyledForm, forms.Form):
    """The first day and the last one; empty: without that end."""

    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=_day())
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=_day())

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        found: dict[str, Any] = self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if isinstance(since, date) and isinstance(until, date) and since > until:
            self.add_error("until", gettext("It lies before the first day: choose a later one."))
        return found


class WholePeriodForm(PeriodForm):
    """Both ends are named."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in ("since", "until"):
            self.fields[name].required = True
