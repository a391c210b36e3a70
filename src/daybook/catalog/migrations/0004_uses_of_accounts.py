"""What an account may be used for is set by the ledger's list; nobody else knows a ledger's types of account."""

from django.db import migrations, models

USES = """
UPDATE catalog_account SET use = CASE
    WHEN system_account = 'ROUNDING' THEN 'rounding'
    WHEN system_account <> '' THEN ''
    WHEN type IN ('REVENUE', 'SALES', 'OTHERINCOME') THEN 'sales'
    WHEN type IN ('DIRECTCOSTS', 'EXPENSE', 'OVERHEADS') THEN 'cost'
    WHEN type = 'INVENTORY' THEN 'stock'
    WHEN type IN ('CURRLIAB', 'LIABILITY', 'TERMLIAB') THEN 'debt'
    ELSE '' END;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_lists_of_an_organisation")]

    operations = [
        migrations.AddField("account", "use", models.CharField(blank=True, default="", max_length=10)),
        migrations.RunSQL(USES, migrations.RunSQL.noop),
        migrations.RemoveField("account", "system_account"),
    ]
