"""Why what was sent cannot be read."""

AS_JSON = (
    "The official SDKs (xero-python, xero-node, Xero.NetStandard.OAuth2) send and read JSON by themselves: take out a header "
    "of yours that says otherwise. xero-php (calcinai) reads JSON with 'default_content_type' => 'application/json' in its "
    "settings. xero-php, pyxero and xeroizer write XML alone: send their writes with an official SDK, or with any HTTP client as "
    'Content-Type: application/json and {"Invoices": [...]}.'
)


class UnreadableError(Exception):
    """The body could not be read: PostDataInvalidException."""


class XmlSentError(Exception):
    """XML was sent, which Xero reads and this local one does not; says how to send JSON."""


class NothingSentError(Exception):
    """The body holds nothing to work on: NoDataProcessedException; names what was expected, such as Invoice."""
