"""Apps, consent, codes, tokens and connections, as identity.xero.com has them (xero-rules.md 1).

identity      the memory and its lock: what the endpoints call      asking        what may be asked and chosen; pure
tokens        codes, access and refresh tokens                      claims        what stands in them
connections   which organisation, which app, by whom                scopes, tiers what each allows; pure
"""

from localxero.oauth.errors import AuthorizeError, ConsentError, RegistrationError, TokenError
from localxero.oauth.identity import Identity
from localxero.oauth.records import (
    AccessToken,
    App,
    AuthorizeRequest,
    Connection,
    Grant,
    IdentityContents,
    Person,
)
from localxero.oauth.scopes import in_words, opens
from localxero.oauth.tiers import TIERS

__all__ = [
    "TIERS",
    "AccessToken",
    "App",
    "AuthorizeError",
    "AuthorizeRequest",
    "Connection",
    "ConsentError",
    "Grant",
    "Identity",
    "IdentityContents",
    "Person",
    "RegistrationError",
    "TokenError",
    "in_words",
    "opens",
]
