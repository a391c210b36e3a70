"""Money that was stored before it stood on the day on which it is booked: that of a payment that says none, or in whose zone it is said.

The day is `orders/money.py`'s, by the zone that the first connection's settings name now. Of a day that loses money, and of
one that gets it, the sums are to be counted anew.
"""

from django.db import migrations

from daybook.moving import in_batches

_ZONE = """
    coalesce((
        SELECT coalesce(nullif(said.order_time_zone, ''), nullif(organisation.time_zone, ''))
        FROM connections_connection connection
        JOIN connections_postingsettings said ON said.connection_id = connection.id
        LEFT JOIN connections_organisation organisation
            ON organisation.id = coalesce(connection.organisation_id, connection.last_organisation_id)
        WHERE connection.company_id = moved.company_id AND connection.closed_at IS NULL
        ORDER BY connection.position LIMIT 1
    ), 'UTC')
"""
_TOLD = """
    SELECT '' AS refund, paid ->> 'id' AS payment, coalesce(paid ->> 'at', moved.content ->> 'dispatched_at') AS said
    FROM jsonb_path_query(moved.content, '$.payments[*]') paid
    UNION ALL
    SELECT back ->> 'id', paid ->> 'id', coalesce(paid ->> 'at', back ->> 'at')
    FROM jsonb_path_query(moved.content, '$.refunds[*]') back, jsonb_path_query(back, '$.payments[*]') paid
"""
_IS_AN_INSTANT = "said ~* ':[0-9][0-9]([.,][0-9]+)? ?(z|utc|gmt|[+-][0-9][0-9](:?[0-9][0-9])?)$'"
_OTHERWISE = f"""
    SELECT money.id, money.company_id, money.day AS was, told.day
    FROM orders_moneymoved money, (
        SELECT refund, payment, CASE
            WHEN {_IS_AN_INSTANT} THEN (replace(said, ',', '.')::timestamptz AT TIME ZONE {_ZONE})::date
            ELSE left(said, 10)::date END AS day
        FROM ({_TOLD}) each_one WHERE said IS NOT NULL
    ) told
    WHERE money.company_id = moved.company_id AND money.revision_id = moved.id AND money.refund = told.refund
        AND money.payment = told.payment AND money.day <> told.day
"""  # noqa: S608 - texts of ours


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0030_amounts_of_days_beside"), ("connections", "0025_set_up_beside")]

    operations = [
        in_batches(
            "orders_revision",
            waiting=(
                "(jsonb_path_exists(moved.content, '$.payments[*]')"
                " OR jsonb_path_exists(moved.content, '$.refunds[*].payments[*]'))"
                f" AND EXISTS ({_OTHERWISE})"
            ),
            move=f"""
                WITH found AS (
                    SELECT other.id, other.company_id, other.was, other.day
                    FROM orders_revision moved, LATERAL ({_OTHERWISE}) other WHERE {{batch}}
                ), noted AS (
                    INSERT INTO orders_moneynews (company_id, day)
                    SELECT company_id, was FROM found UNION SELECT company_id, day FROM found
                )
                UPDATE orders_moneymoved money SET day = found.day FROM found
                WHERE money.company_id = found.company_id AND money.id = found.id
            """,  # noqa: S608 - texts of ours
        )
    ]
