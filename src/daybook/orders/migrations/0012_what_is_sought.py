"""Every three letters in a row of what an order says, by company: its list is searched by them, and its page by currency."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from daybook.altering import AtOnce, without_indexes
from daybook.kit.ids import public_id

GRAMS = """
    CREATE FUNCTION daybook_grams(company bigint, VARIADIC texts text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
        SELECT array_agg(company || ':' || substr(said, place, 3))
        FROM upper(array_to_string(texts, E'\\n')) AS said, generate_series(1, length(said) - 2) AS place
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_each_row_asks_less")]

    operations = [
        migrations.RunSQL(GRAMS, "DROP FUNCTION daybook_grams"),
        AtOnce(
            [
                migrations.AddIndex("order", models.Index(
                        condition=models.Q(("currency__gt", "")), fields=["company", "currency"], name="order_currency"
                    ),
),
                migrations.AddIndex(
                    "order",
                    django.contrib.postgres.indexes.GinIndex(
                        models.Func(
                            "company_id",
                            "ref",
                            "external_ref",
                            "customer_name",
                            function="daybook_grams",
                            output_field=django.contrib.postgres.fields.ArrayField(models.TextField()),
                        ),
                        name="order_grams",
                    ),
                ),
            ]
        ),
        without_indexes(  # the second one of a unique text, for LIKE, by which nobody looks for an id
            "orders_order",
            ["public_id"],
            [
                migrations.AlterField("order", "public_id", models.CharField(default=public_id, max_length=32)),
                migrations.AddConstraint(
                    "order", models.UniqueConstraint(fields=("public_id",), name="orders_order_public_id_key")
                ),
            ],
        ),
    ]
