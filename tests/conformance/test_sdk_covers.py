"""No method of Xero's own Python SDK is left out by oversight: a test calls it, or localxero says that it does not do it."""

import ast
import inspect
from pathlib import Path

import pytest
from xero_python.accounting import AccountingApi
from xero_python.exceptions.http_status_exceptions import HTTPStatusException
from xero_python.identity import IdentityApi

from .documents import NOBODY

pytestmark = pytest.mark.filterwarnings("ignore")

HERE = Path(__file__).parent
MODULES = sorted(HERE.glob("test_*.py"))
# Words in the names of methods, and why localxero does not do them; docs/localxero.md says so to everybody.
NOT_HERE = {
    "bank_transaction": "money that is not on an invoice, bill or credit note",
    "bank_transfer": "money between own accounts",
    "batch_payment": "several payments at once; Daybook posts none",
    "budget": "planning",
    "cis_settings": "the British construction industry's scheme",
    "contact_group": "a person's own sorting of contacts",
    "employee": "payroll",
    "expense_claim": "expenses of staff",
    "import_summar": "the conversion of another ledger",
    "journal": "double entries; the books are told by documents alone",
    "linked_transaction": "costs billed on",
    "overpayment": "too much paid",
    "payment_service": "card payments on the invoice's page",
    "prepayment": "paid before there is an invoice",
    "quote": "offers",
    "receipt": "expenses of staff",
    "repeating_invoice": "templates",
    "report": "balance sheet, profit and loss, debtors",
    "setup": "the conversion of another ledger",
    "user": "who may enter the organisation",
}


def methods(api):
    """The operations of an API; each has a twin that returns more, which the SDK calls."""
    named = inspect.getmembers(api, inspect.isfunction)
    return {
        name for name, _ in named if not name.startswith("_") and name not in {"get_resource_url", "get_model_finder"}
    }


def mentioned():
    """What tests take from an API, by its name, called at once or from a table."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES if path != Path(__file__)]
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {
        node.attr
        for node in nodes
        if isinstance(node.value, ast.Name) and node.value.id in {"accounting", "identity", "AccountingApi"}
    }


def reason(name):
    return next((why for word, why in NOT_HERE.items() if word in name), None)


class TestTheSdk:
    @pytest.mark.parametrize("api", [AccountingApi, IdentityApi])
    def test_has_no_method_that_is_neither_called_nor_named_here(self, api):
        assert sorted(name for name in methods(api) - mentioned() if reason(name) is None) == []


@pytest.mark.parametrize(
    "name", sorted(name for name in methods(AccountingApi) if name.startswith("get_") and reason(name))
)
def test_what_is_not_here_says_so(accounting, tenant, name):
    method = getattr(accounting, name)
    needed = [each for each in inspect.signature(method).parameters.values() if each.default is each.empty][1:]
    with pytest.raises(HTTPStatusException) as caught:
        method(tenant, *(NOBODY for _ in needed))
    assert caught.value.status in {404, 501}
