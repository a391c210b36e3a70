"""Whose push or callback it is: the signature over the raw body, or the secret in the callback's address."""

import hashlib
import hmac
from datetime import datetime

from django.db.models import F

from daybook.companies.models import Company, CompanySettings
from daybook.secrets import vault
from daybook.sources.kornitx import signature

_NOBODYS_KEY = "nobody has this key"


def signed_by(public_id: str, body: bytes, given: str) -> Company | None:
    """Return the company of that public id if the body is signed with its key; None whatever else is wrong."""
    settings = _settings(public_id)
    key = _key(settings)
    is_valid = signature.is_valid(key or _NOBODYS_KEY, body, given)
    return settings.company if settings is not None and key and is_valid else None


def called_back(public_id: str, secret: str, body: bytes, given: str | None) -> Company | None:
    """Return the company whose callback address carries that secret; a signature, where there is one, must be right."""
    settings = _settings(public_id)
    stored = settings.kornitx_callback_secret_hash if settings is not None else ""
    is_known = hmac.compare_digest(hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest(), stored or "-")
    if settings is None or not is_known:
        return None
    if given is not None and not signature.is_valid(_key(settings), body, given):
        return None
    return settings.company


def note_received(company: Company, now: datetime) -> None:
    """Remember when the OMS last reached us."""
    CompanySettings.objects.filter(company=company).update(kornitx_last_received_at=now)


def why_unsigned(public_id: str, given: str) -> str:
    """Return why a push to that company was refused, for its people; the sender is told nothing of it."""
    if not given:
        return "a push was not signed"
    return (
        "a push came, and no HMAC key is stored" if not _key(_settings(public_id)) else "a push's signature was wrong"
    )


def note_refused(public_id: str, why: str, now: datetime) -> None:
    """Count what was refused at a company's address; nothing where there is no such company."""
    if "\x00" not in public_id:
        CompanySettings.objects.filter(company__public_id=public_id).update(
            kornitx_refused=F("kornitx_refused") + 1, kornitx_refused_at=now, kornitx_refused_why=why
        )


def _settings(public_id: str) -> CompanySettings | None:
    if "\x00" in public_id:
        return None
    return CompanySettings.objects.select_related("company").filter(company__public_id=public_id).first()


def _key(settings: CompanySettings | None) -> str:
    if settings is None:
        return ""
    return vault.unseal(settings.kornitx_hmac_key_sealed, context=f"company:{settings.company_id}:kornitx_hmac_key")
