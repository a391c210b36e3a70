"""One document or organisation that nobody foresaw never keeps its neighbours from Xero."""

import pytest

from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.secrets.keyring import CannotOpenError
from tests.integration.posting.test_drain import look, numbers_in_xero, post, states
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)


class TestADocumentThatCannotBeRead:
    @pytest.mark.parametrize("document", [{}, {"lines": None}, {"lines": [{"item_code": "MUG"}]}, [], {"lines": "x"}])
    def test_is_held_and_the_others_go(self, acme, document):
        first, broken, last = acme.ready_invoices(3)
        Entry.objects.filter(id=broken.id).update(document=document)
        post(acme)
        assert numbers_in_xero(acme) == [first.number, last.number]
        broken.refresh_from_db()
        assert (broken.state, broken.cause) == ("held", "defect")


class TestALookThatMeetsSomethingStrange:
    def test_at_one_organisation_still_looks_at_the_others(self, acme, xero):
        birch = connected(xero, "Birch", "AU")
        for cast in (acme, birch):
            cast.ready_invoices(1)
            xero.add_fault("status_500_after", path="/api.xro/2.0/Invoices", method="PUT", times=1)
            post(cast)
        Connection.objects.filter(id=acme.connection.id).update(checked_at=None)
        acme.connection.token_set.access_token_sealed = b"sealed with a key that is gone"
        acme.connection.token_set.save()
        look(birch)
        assert "unknown" not in states(birch)
        acme.connection.refresh_from_db()
        assert acme.connection.paused_until > clock.now()
        assert acme.connection.pause_reason


class TestAnOrganisationThatMakesADrainStumble:
    def test_rests_and_says_so_instead_of_being_asked_again_and_again(self, acme):
        acme.ready_invoices(1)
        acme.connection.token_set.access_token_sealed = b"sealed with a key that is gone"
        acme.connection.token_set.save()
        with pytest.raises(CannotOpenError):
            post(acme)
        acme.connection.refresh_from_db()
        assert acme.connection.paused_until > clock.now()
        assert acme.connection.pause_reason
