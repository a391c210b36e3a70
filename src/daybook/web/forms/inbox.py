"""How long the inbox keeps what came."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext

from daybook.companies.models import CompanySettings
from daybook.web.forms.styled import StyledForm


class KeepingForm(StyledForm, forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """Days; empty: as the installation says."""

    class Meta:
        """Of the company as a whole."""

        model = CompanySettings
        fields = ("keep_deliveries_days",)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["keep_deliveries_days"].help_text = gettext(
            "Its text, as it came. That it came, and what became of it, stays. Empty: {days}."
        ).format(days=settings.KEEP_DELIVERIES_DAYS)
