"""People of a company, their keys, and the first operator."""

from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from daybook.companies import keys
from daybook.companies.models import ApiKey, Membership
from daybook.web.forms.styled import StyledForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _password(label: "StrOrPromise", help_text: "StrOrPromise", *, required: bool = True) -> forms.CharField:
    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=label, strip=False, max_length=200, required=required, widget=widget, help_text=help_text
    )


def _email() -> forms.EmailField:
    return forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)  # RFC 3696, and the column of Person


class SetupForm(StyledForm, forms.Form):
    """The first operator and their first company."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150, required=False)
    email = _email()
    password = _password(gettext_lazy("Password"), gettext_lazy("At least 12 characters."))
    company = forms.CharField(
        label=gettext_lazy("Your company"),
        max_length=200,
        help_text=gettext_lazy("The company whose orders are posted. More can follow later."),
    )


class InviteForm(StyledForm, forms.Form):
    """Somebody is asked into the company."""

    email = _email()
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Membership.Role.choices, initial=Membership.Role.VIEWER
    )


class NewAccountForm(StyledForm, forms.Form):
    """Somebody who was invited makes their account."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150, required=False)
    password = _password(gettext_lazy("Choose a password"), gettext_lazy("At least 12 characters."))


class AddressForm(StyledForm, forms.Form):
    """Another e-mail address for a person."""

    email = forms.EmailField(label=gettext_lazy("New e-mail address"), max_length=254)


class RemoveForm(forms.Form):
    """What becomes of the keys of somebody who is taken out. Said nothing: they end."""

    keys = forms.ChoiceField(
        choices=(("revoke", gettext_lazy("Revoke")), ("keep", gettext_lazy("Keep"))), required=False
    )


class RoleForm(StyledForm, forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Membership.Role.choices)


class KeyForm(StyledForm, forms.Form):
    """A new API key."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("What will use it, such as “Web shop”. Only you read it."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=ApiKey.Scope.choices,
        initial=list(keys.OF_A_SENDER),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "As little as will do: a shop that sends orders and asks how they stand needs the first two."
        ),
        error_messages={"required": gettext_lazy("Tick at least one: a key without any opens nothing.")},
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Works until (optional)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The last day on which it works. Empty: until it is revoked."),
    )

    def clean_expires_on(self) -> date | None:
        """Return the last day; one that is over would make a key that never works."""
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(gettext("This day is over. Choose today or a later one."))
        if day is not None and day.year > keys.LAST_YEAR:
            raise forms.ValidationError(
                gettext("Choose a day up to the year {year}, or leave it empty.").format(year=keys.LAST_YEAR)
            )
        return day
