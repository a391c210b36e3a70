"""What happened to an order is told by the history; batch by batch, each note gone here when it is there.

A note that told who typed the day of dispatch names the person by id there, where it is clear whose name stands in it:
the company's only member of this name.
"""

from django.db import migrations

from daybook.moving import in_batches

BEGINNINGS = {
    "Received.": "received", "Changed by the OMS: ": "changed", "The OMS called back: ": "called_back",
    "Refused: ": "refused", "A late retry of ": "ignored", "An older state of the order ": "ignored",
}  # fmt: skip
WHAT = " ".join(f"WHEN starts_with(text, '{beginning}') THEN '{what}'" for beginning, what in BEGINNINGS.items())
DATED = "(.+) said that it was dispatched on [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][.]"
TAKEN_AWAY = "(.+) took the typed day away[.]"
TO_EVENTS = f"""
WITH gone AS (DELETE FROM orders_ordernote moved WHERE {{batch}} RETURNING moved.*),
    begun AS (SELECT gone.*, CASE {WHAT} END AS what FROM gone),
    named AS (
        SELECT begun.*, text ~ '^{DATED}$' AS has_day, CASE WHEN what IS NULL THEN
            coalesce(substring(text FROM '^{DATED}$'), substring(text FROM '^{TAKEN_AWAY}$')) END AS name FROM begun
    ),
    told AS (
        SELECT named.*, who.person_id, who.person_id IS NOT NULL AS is_dated FROM named LEFT JOIN LATERAL (
            SELECT min(place.person_id) AS person_id FROM companies_membership place
            JOIN companies_person person ON person.id = place.person_id
            WHERE place.company_id = named.company_id AND named.name IS NOT NULL
                AND (person.name = named.name OR (person.name = '' AND person.email = named.name))
            HAVING count(*) = 1
        ) who ON true
    )
INSERT INTO history_event (company_id, at, subject_kind, subject_id, what, old_state, new_state, mover, person_id,
    cause, reason, after, salt, digest, seal)
SELECT company_id, at, 'order', order_id,
    CASE WHEN is_dated THEN 'dated' ELSE coalesce(what, 'noted') END, '', '',
    CASE WHEN what IS NOT NULL THEN 'sender' WHEN name IS NOT NULL THEN 'person' ELSE 'daybook' END, person_id, '',
    CASE WHEN is_dated OR text = 'Received.' THEN '' ELSE text END,
    CASE WHEN is_dated THEN
        jsonb_build_object('typed_date', CASE WHEN has_day THEN left(right(text, 11), 10) ELSE '' END) END,
    '', '', ''
FROM told ORDER BY id
"""  # noqa: S608  # nothing but our own text


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("orders", "0008_orders_known_by_their_feeds"),
        ("history", "0001_events"),
        ("companies", "0009_a_shops_secrets_are_its_feeds"),
    ]
    operations = [in_batches("orders_ordernote", waiting="true", move=TO_EVENTS)]
