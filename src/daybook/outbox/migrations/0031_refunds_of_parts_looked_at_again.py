"""Orders in parts that nobody looked at again once their last part was posted are: what was given back of them has no note yet.

What is given back, cancelled or paid too much of an order in parts waits for its last part. Versions of before posted that and
made nothing of it. Here such orders are only marked as not prepared: the worker's sweep plans them, as when they come again,
some at a time. Where nothing is missing nothing comes of it.
"""

from django.db import migrations

from daybook.moving import in_batches

_IS_IN_PARTS = """
    EXISTS (
        SELECT FROM outbox_entry part
        JOIN connections_organisation organisation ON organisation.id = part.organisation_id
        WHERE part.company_id = moved.company_id AND part.order_id = moved.order_id AND part.kind = 'invoice'
            AND part.key <> '' AND part.state = 'posted' AND organisation.connection_id = moved.connection_id
    )
    AND NOT EXISTS (
        SELECT FROM outbox_entry note
        WHERE note.company_id = moved.company_id AND note.order_id = moved.order_id AND note.kind = 'credit_note'
    )
"""
_IS_MORE_TOLD = """
    EXISTS (
        SELECT FROM orders_order told
        JOIN orders_revision stands ON stands.company_id = told.company_id AND stands.id = told.current_revision_id
        WHERE told.company_id = moved.company_id AND told.id = moved.order_id AND (
            told.typed_refunds <> jsonb_build_object()
            OR jsonb_path_exists(stands.content, '$.refunds[*]') OR jsonb_path_exists(stands.content, '$.cancellations[*]')
            OR stands.content -> 'cancelled' = 'true' OR stands.content ->> 'status' ~* 'refunded'
            OR EXISTS (
                SELECT FROM orders_notice news WHERE news.company_id = told.company_id AND news.order_id = told.id AND (
                    jsonb_path_exists(news.content, '$.cancellations[*]') OR news.content -> 'cancelled' = 'true'
                    OR news.content ->> 'status' ~* 'refunded'
                )
            )
            OR told.gross < (
                SELECT sum(money.amount) FROM orders_moneymoved money
                WHERE money.company_id = told.company_id AND money.revision_id = stands.id AND money.refund = ''
            )
        )
    )
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("outbox", "0030_amounts_of_days_beside"), ("orders", "0031_money_on_the_day_it_is_booked")]

    operations = [
        in_batches(
            "orders_orderstanding",
            waiting=f"moved.unprepared_since IS NULL AND {_IS_IN_PARTS} AND {_IS_MORE_TOLD}",
            move="UPDATE orders_orderstanding moved SET unprepared_since = now() WHERE {batch}",
        )
    ]
