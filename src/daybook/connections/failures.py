"""Every way in which a trip to a ledger's consent page can fail, each with what happened and what to do.

    ConsentError
    |- UnfinishedAppError       Client ID or Client Secret is missing
    |- UnknownLedgerError       only a newer version of Daybook knows where the connection leads
    |- UnknownTripError         state wrong: nobody began this trip
    |- SomebodyElsesError       state of another person
    |- ReplayedError            state used before
    |- TooLateError             state older than 30 minutes
    |- ConsentDeniedError       the person said no
    |- ScopeRefusedError        the app may not ask for what Daybook needs
    |- AppRefusedError          wrong Client ID or Client Secret, or another kind of app
    |- CodeOverError            the code is used, older than 5 minutes, or for another Redirect URI
    |- LedgerSilentError        the ledger gave no clear answer
    |- LedgerErredError         the ledger said something else
    |- NoOrganisationError      nothing was connected
    |- NotOfferedError          a choice that this consent did not give
    |- OtherOrganisationError   documents are still under way to the organisation of before
    |- ReachedOtherwiseError    another connection of the company reaches it, or did
    `- OrganisationTakenError   another company has this organisation

A Redirect URI that is not registered is said on the consent page itself and never comes back here. Words are filled in
with the ledger's title (`ledger`), its own cures (`ledgers/consent.py`) and the `detail` of the case.
"""

from daybook.connections.models import Connection
from daybook.kit.translation import told
from daybook.ledgers.registry import LEDGERS, USUAL, title

AGAIN = told("Press Get Access Token again.")


class ConsentError(Exception):
    """The trip did not lead to a connection; the text is for the person. What was connected before is as it was."""

    words = ""

    def __init__(self, connection: Connection | None = None, detail: str = "", *, ledger: str = USUAL) -> None:
        named = connection.ledger if connection else ledger
        super().__init__(self.words.format(detail=detail, ledger=title(named), **_cures(named)))
        self.connection = connection
        """None where the person may not be told whose trip it was."""


def _cures(ledger: str) -> dict[str, str]:
    consent = LEDGERS[ledger].consent if ledger in LEDGERS else None
    cures = ("app_cure", "scope_cure", "nothing_reached")
    return {name: getattr(consent, name) if consent else "" for name in cures}


class UnfinishedAppError(ConsentError):
    """Client ID or Client Secret is missing."""

    words = (
        "Client ID or Client Secret is missing. Copy both from the Configuration page of your app in {ledger}'s developer "
        "portal, press Save, then Get Access Token."
    )


class UnknownLedgerError(ConsentError):
    """Only a newer version of Daybook knows where the connection leads."""

    words = (
        "This connection leads to “{detail}”, which this version of Daybook does not know. Tell whoever runs Daybook "
        "to install the newer version again."
    )


class UnknownTripError(ConsentError):
    """Nobody began this trip."""

    words = (
        "This answer from {ledger} belongs to no request of Daybook's, so it was not used. Open the company's connection "
        "settings and press Get Access Token there."
    )


class SomebodyElsesError(ConsentError):
    """Another person began it."""

    words = (
        "This answer from {ledger} belongs to a request that another person began, so it was not used. Open the company's "
        "connection settings as yourself and press Get Access Token there."
    )


class ReplayedError(ConsentError):
    """It was used before."""

    words = (
        "This answer from {ledger} was used before; nothing was changed now. If the page below does not say Connected, "
        "press Get Access Token again."
    )


class TooLateError(ConsentError):
    """More than 30 minutes went by."""

    words = told("More than 30 minutes went by between Get Access Token and {ledger}'s answer.") + f" {AGAIN}"


class ConsentDeniedError(ConsentError):
    """The person said no."""

    words = (
        "Access was not allowed on {ledger}'s page, so nothing was connected. Press Get Access Token again, choose the "
        "organisation and press Allow access."
    )


class ScopeRefusedError(ConsentError):
    """The app may not ask for what Daybook needs."""

    words = "{ledger} does not grant this app the permissions that Daybook asks for (invalid_scope). {scope_cure}"


class AppRefusedError(ConsentError):
    """The app's credentials or kind are wrong."""

    words = "{detail} {app_cure}"


class CodeOverError(ConsentError):
    """The code cannot be used."""

    words = (
        "{ledger}'s answer could not be used any more: it is good for 5 minutes and for one use, and only if the app's "
        "Redirect URI is exactly {detail}. Check the Redirect URI, then press Get Access Token again."
    )


class LedgerSilentError(ConsentError):
    """The ledger gave no clear answer."""

    words = told("{ledger} did not give a clear answer. Nothing is lost: wait a minute.") + f" {AGAIN}"


class LedgerErredError(ConsentError):
    """The ledger said something that is not known here."""

    words = (
        "{ledger} answered in a way that Daybook does not know ({detail}). Press Get Access Token again; if it stays, tell "
        "whoever runs Daybook."
    )


class NoOrganisationError(ConsentError):
    """Nothing was connected."""

    words = (
        "The consent reached no organisation. Press Get Access Token again and choose the organisation on {ledger}'s "
        "page. {nothing_reached}"
    )


class NotOfferedError(ConsentError):
    """A choice that was not given."""

    words = f"That organisation is not one that the last consent gave. {AGAIN}"


class OtherOrganisationError(ConsentError):
    """Documents are still under way."""

    words = (
        "Documents are still under way to {detail}, so another organisation cannot be connected yet. Wait until "
        "Documents shows none as sending or unknown, then press Get Access Token again."
    )


class ReachedOtherwiseError(ConsentError):
    """Another connection of the same company reaches this organisation, or did."""

    words = (
        "{detail} is reached through another connection of this company already, or was: what was posted there belongs "
        "to that one. Open it under Connection settings and press Get Access Token there, or choose another "
        "organisation here."
    )


class OrganisationTakenError(ConsentError):
    """Another company has this organisation."""

    words = (
        "{detail} is connected to another company here already, and an organisation takes the orders of one company "
        "only. Press Get Access Token again and choose another organisation, or disconnect it from the other company "
        "first."
    )
