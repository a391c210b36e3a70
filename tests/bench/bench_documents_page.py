"""How long a page of 100 documents takes with 100,000 documents in the database. Prints medians; judges nothing."""

import statistics
import time

import pytest
from django.db import connection
from django.test import Client

from daybook.companies.models import Company, Membership, Person
from daybook.connections import roster
from daybook.feeds.models import Feed

pytestmark = pytest.mark.django_db

DOCUMENTS = 100_000
RUNS = 15
FILL = [
    """
    INSERT INTO orders_order (company_id, public_id, feed_id, source_id, ref, external_ref, customer_name, currency, status,
        first_received_at, changed_at)
    SELECT %(company)s, 'o' || n, %(feed)s, n::text, 'REF' || n, 'WEB-' || n, 'Customer ' || n - (n / 977) * 977, 'GBP', 'dispatched',
        now() - n * interval '1 minute', now()
    FROM generate_series(1, %(documents)s) n
    """,
    """
    INSERT INTO orders_orderstanding (company_id, order_id, connection_id, standing, cause, subject, detail, written_from)
    SELECT company_id, id, %(connection)s, 'documented', '', '', '', '{}' FROM orders_order WHERE feed_id = %(feed)s
    """,
    """
    INSERT INTO outbox_entry (company_id, order_id, public_id, kind, generation, organisation_id, number_space, number, state, state_since,
        cause, subject, detail, document, date, contact_name, currency, net, tax, gross, their_id, their_status, posted_at,
        attention, attention_detail, created_at, is_number_free, attention_done, their_differs, cured_by, key, their_digest,
        is_needed, open_needs)
    SELECT company_id, id, 'e' || source_id, 'invoice', 1, %(organisation)s, 'xero:bench:invoice', 'INV-' || ref,
        CASE WHEN mod(id, 50) = 0 THEN 'rejected' ELSE 'posted' END, now(),
        CASE WHEN mod(id, 50) = 0 THEN 'contact_archived' ELSE '' END, '', '',
        '{}', now()::date, 'Custom Gateway Orders', 'GBP', 20, 4, 24,
        CASE WHEN mod(id, 50) = 0 THEN '' ELSE gen_random_uuid()::text END, 'DRAFT', now(), '', '', now(),
        false, '{}', '', '', '', '', false, 0
    FROM orders_order WHERE feed_id = %(feed)s
    """,
    "ANALYZE orders_order",
    "ANALYZE outbox_entry",
]
PAGES = {
    "newest": "",
    "page 500": "?page=500",
    "only rejected": "?state=rejected",
    "search for a number": "?q=INV-REF4711",
    "search that finds nothing": "?q=nothing-like-it",
}


def test_a_page_of_documents(client: Client) -> None:
    company = Company.objects.create(name="Bench")
    person = Person.objects.create_user("bench@example.com", "not-a-secret-at-all")
    Membership.objects.create(person=person, company=company, role="owner")
    client.force_login(person)
    feed = Feed.objects.create(company=company, source="canonical", name="bench")
    first = roster.first(company)
    named = {
        "company": company.pk,
        "feed": feed.pk,
        "connection": first.pk,
        "organisation": roster.organisation_of(first, "bench").pk,
    }
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {**named, "documents": DOCUMENTS} if "%(" in statement else None)
    print(f"\nA page of 100 documents among {DOCUMENTS:,} (medians of {RUNS}, through Django's test client)")
    for name, query in PAGES.items():
        seconds = [_time(client, f"/c/{company.public_id}/documents/{query}") for _ in range(RUNS)]
        print(f"  {name:30} {statistics.median(seconds) * 1000:7.1f} ms   (max {max(seconds) * 1000:.1f})")


def _time(client: Client, url: str) -> float:
    begun = time.perf_counter()
    assert client.get(url).status_code == 200
    return time.perf_counter() - begun
