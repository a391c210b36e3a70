import pytest
import stamina

from daybook.companies.models import Company, Person
from daybook.connections.models import Connection
from localxero import LocalXero

LOCAL = "http://localhost:8090"


@pytest.fixture(autouse=True)
def xero_lives_here(settings):
    """Every call goes into the local Xero of the test; the bases only have to look right."""
    settings.XERO_API_BASE = settings.XERO_IDENTITY_BASE = settings.XERO_LOGIN_BASE = LOCAL
    settings.PUBLIC_URL = "http://localhost:8000"


@pytest.fixture(autouse=True)
def no_waiting_between_tries():
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def ann(db) -> Person:
    return Person.objects.create_user("ann@acme.example", name="Ann")


@pytest.fixture
def unconnected(db) -> Connection:
    """Acme has typed its app's credentials, and nothing more."""
    connection = Connection.objects.create(company=Company.objects.create(name="Acme"), client_id="client")
    connection.client_secret = "secret"
    connection.save()
    return connection
