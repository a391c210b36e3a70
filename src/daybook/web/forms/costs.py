"""Costs of items."""

from django import forms

from daybook.sources.canonical.currencies import CODES
from daybook.web.forms.styled import StyledForm

LARGEST_FILE = 5 * 1024 * 1024


class CostForm(StyledForm, forms.Form):
    """One cost."""

    sku = forms.CharField(label="SKU", max_length=100)
    currency = forms.CharField(label="Currency", max_length=3)
    unit_cost = forms.DecimalField(label="Unit cost, excluding tax", min_value=0, max_digits=18, decimal_places=4)

    def clean_currency(self) -> str:
        """Currencies are written in capitals, and must be some."""
        code: str = self.cleaned_data["currency"].upper()
        if code not in CODES:
            raise forms.ValidationError("ISO 4217 has no such currency; write it like GBP.")
        return code


class CostFileForm(StyledForm, forms.Form):
    """Many costs."""

    file = forms.FileField(label="CSV file", help_text="Columns sku, currency, unit_cost; the first row names them.")

    def clean_file(self) -> object:
        """Refuse what is too large to be a list of costs."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 5 MB. Split it and upload the parts.")
        return file
