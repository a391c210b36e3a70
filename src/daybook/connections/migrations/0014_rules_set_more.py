"""A rule may set tracking, an item, and where a tax goes that its lines do not bear."""

from django.db import migrations, models

import daybook.connections.posting_rules
from daybook.altering import AtOnce

ITEMS = [("stock", "As the goods are on stock"), ("none", "No item")]
TAX_SHAPES = [
    ("", "Borne by the tax rate"),
    ("apart", "One line of its own for all tax"),
    ("apart_by_name", "A line of its own for each tax"),
    ("withheld", "With the tax, and a line that takes off what the channel keeps"),
    ("left_out", "Without what the channel keeps"),
]


class Migration(migrations.Migration):
    dependencies = [("connections", "0013_contacts_and_consents_beside")]
    operations = [
        AtOnce(
            [
                migrations.RemoveConstraint("postingrule", "posting_rule_sets_something"),
                migrations.AddField(
                    "postingrule",
                    "item",
                    models.CharField(max_length=8, blank=True, default="", db_default="", choices=ITEMS),
                ),
                migrations.AddField(
                    "postingrule",
                    "tracking",
                    models.JSONField(
                        default=list,
                        blank=True,
                        db_default=[],
                        validators=[daybook.connections.posting_rules.check_tracking],
                    ),
                ),
                migrations.AddField(
                    "postingrule",
                    "tax_shape",
                    models.CharField(max_length=16, blank=True, default="", db_default="", choices=TAX_SHAPES),
                ),
                migrations.AddField(
                    "postingrule",
                    "tax_account",
                    models.CharField(max_length=10, blank=True, default="", db_default=""),
                ),
                migrations.AddConstraint(
                    "postingrule",
                    models.CheckConstraint(
                        condition=~models.Q(account="", tax_type="", item="", tracking=[]),
                        name="posting_rule_sets_something",
                    ),
                ),
            ]
        )
    ]
