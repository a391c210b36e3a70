"""Login is allauth's, held to what Daybook promises: one address a person, its own second factor, our own links."""

from smtplib import SMTPException
from typing import Any
from urllib.parse import quote

import structlog
from allauth.account.forms import ResetPasswordForm
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from daybook.companies.models import Person, canonical_address
from daybook.companies.saving import saving_person
from daybook.secrets import factors
from daybook.secrets.keyring import CannotOpenError
from daybook.web.attempts import LimitedLogin

log = structlog.get_logger("daybook.mail")


class AccountAdapter(LimitedLogin):
    """Sign-up is closed; an address logs in the one person whose address it is; links lead to this Daybook only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: people join by invitation, or by the operator's command line."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Return who logs in. Allauth's own table of further addresses, which nobody verified, opens nothing."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is not None and person.email != canonical_address(credentials.get("email", "")):
            return None
        return person

    def set_password(self, user: Person, password: str) -> None:
        """Store the new password and nothing else of the person."""
        user.set_password(password)
        with saving_person(user, by=user):
            user.save(update_fields=["password"])

    def is_safe_url(self, url: str) -> bool:
        """Return whether a log-in may lead there: to an address within this Daybook."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a reset mail, from the installation's own address and never from the Host header."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PUBLIC_URL}{path.replace('UID-KEY', quote(key))}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; where the mail server fails, the page stays the same and the log says why."""
        try:
            super().send_mail(template_prefix, email, {"public_url": settings.PUBLIC_URL, **context})
        except (OSError, SMTPException) as error:
            log.error("a mail could not be sent", mail=template_prefix, error=type(error).__name__)  # noqa: TRY400


class OwnAddressResetForm(ResetPasswordForm):  # type: ignore[misc]  # allauth carries no types
    """Sends a reset link to a person's own address only; every address is answered alike."""

    def clean_email(self) -> str:
        """Return the typed address and find whose it is."""
        address = canonical_address(self.cleaned_data["email"])
        self.users = list(Person.objects.filter(email=address, is_active=True))
        return address


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Seals what a second factor is made of, like every secret at rest."""

    def get_totp_issuer(self) -> str:
        """Return what the authenticator app shows beside the address."""
        return "Daybook"

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; without its key the page says whom to ask."""
        try:
            return factors.unseal(encrypted_text)
        except CannotOpenError as error:
            raise ValidationError(
                gettext("The key that seals your second factor is missing on this Daybook. Ask whoever runs it.")
            ) from error
