"""What a content says of money is of the content's company."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0016_money_that_moved_beside")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE orders_moneymoved ADD CONSTRAINT orders_moneymoved_revision_id_same_company"
            " FOREIGN KEY (company_id, revision_id) REFERENCES orders_revision (company_id, id)"
            " DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE orders_moneymoved DROP CONSTRAINT orders_moneymoved_revision_id_same_company",
        )
    ]
