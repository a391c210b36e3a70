"""Costs of items."""

from django import forms
from django.utils.translation import gettext, gettext_lazy

from daybook.sources.canonical.currencies import CODES
from daybook.web.forms.styled import StyledForm

LARGEST_FILE = 5 * 1024 * 1024


class CostForm(StyledForm, forms.Form):
    """One cost."""

    sku = forms.CharField(label="SKU", max_length=100)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3)
    unit_cost = forms.DecimalField(
        label=gettext_lazy("Unit cost, excluding tax"), min_value=0, max_digits=18, decimal_places=4
    )

    def clean_currency(self) -> str:
        """Currencies are written in capitals, and must be some."""
        code: str = self.cleaned_data["currency"].upper()
        if code not in CODES:
            raise forms.ValidationError(gettext("ISO 4217 has no such currency; write it like GBP."))
        return code


class CostFileForm(StyledForm, forms.Form):
    """Many costs."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("Columns sku, currency, unit_cost; the first row names them."),
    )

    def clean_file(self) -> object:
        """Refuse what is too large to be a list of costs."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(gettext("The file is larger than 5 MB. Split it and upload the parts."))
        return file
