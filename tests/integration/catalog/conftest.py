import pytest
import stamina

from daybook.connections.models import PostingSettings, TaxMapping
from localxero import LocalXero
from tests.world import Cast, connected


@pytest.fixture(autouse=True)
def xero_lives_here(settings):
    """Every call goes into the local Xero of the test; the bases only have to look right."""
    settings.XERO_API_BASE = settings.XERO_IDENTITY_BASE = settings.XERO_LOGIN_BASE = "http://localhost:8090"


@pytest.fixture(autouse=True)
def no_waiting_between_tries():
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def acme(db, xero) -> Cast:
    """Acme is connected to the organisation in Great Britain, its lists have been read, and it posts invoices only."""
    acme = connected(xero)
    PostingSettings.objects.update(process_method="", cogs_account="", inventory_account="", purchase_tax_type="")
    TaxMapping.objects.all().delete()
    return acme
