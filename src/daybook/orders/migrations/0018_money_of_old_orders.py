"""What orders of before say was paid, and paid back."""

from django.db import migrations

from daybook.moving import in_batches

_PAID = """
    SELECT moved.id, moved.company_id, moved.received_at, '' AS refund, paid
    FROM orders_revision moved, jsonb_path_query(moved.content, '$.payments[*]') paid
    WHERE {batch}
    UNION ALL
    SELECT moved.id, moved.company_id, moved.received_at, back ->> 'id', paid
    FROM orders_revision moved, jsonb_path_query(moved.content, '$.refunds[*]') back,
        jsonb_path_query(back, '$.payments[*]') paid
    WHERE {batch}
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0017_money_of_its_company")]

    operations = [
        in_batches(
            "orders_revision",
            waiting=(
                "(jsonb_path_exists(moved.content, '$.payments[*]')"
                " OR jsonb_path_exists(moved.content, '$.refunds[*].payments[*]'))"
                " AND NOT EXISTS (SELECT FROM orders_moneymoved money WHERE money.revision_id = moved.id)"
            ),
            move=(
                "INSERT INTO orders_moneymoved"
                " (company_id, revision_id, refund, payment, gateway, currency, amount, fee, day, payout, payout_day)"
                " SELECT company_id, id, refund, paid ->> 'id',"
                " CASE WHEN coalesce(paid ->> 'kind', 'money') <> 'money' THEN paid ->> 'kind'"
                " ELSE left(lower(regexp_replace(trim(coalesce(paid ->> 'gateway', '')), '\\s+', ' ', 'g')), 100) END,"
                " coalesce(paid ->> 'currency', ''),"
                " CASE WHEN refund = '' THEN 1 ELSE -1 END * (paid ->> 'amount')::numeric,"
                " coalesce((paid ->> 'fee')::numeric, 0),"
                " coalesce(left(paid ->> 'at', 10)::date, received_at::date),"
                " coalesce(paid -> 'payout' ->> 'id', ''), left(paid -> 'payout' ->> 'date', 10)::date"
                f" FROM ({_PAID}) found"
            ),
        )
    ]
