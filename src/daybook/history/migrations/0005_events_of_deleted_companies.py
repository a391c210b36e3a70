"""Events go with their company, once the years are over, and only where the chain can be walked over the gap."""

import importlib

from django.db import migrations, models

from daybook.altering import AtOnce

BEFORE: str = importlib.import_module("daybook.history.migrations.0001_events").ONLY_ADDED.partition("CREATE TRIGGER")[0]
REFUSED = """        RAISE EXCEPTION 'history_event %: what happened is not deleted', OLD.id"""
ALLOWED = """        IF coalesce(current_setting('daybook.removing', true), '') = OLD.company_id::text
           AND OLD.position IS NOT NULL
           AND (SELECT gone.first FROM history_removed gone WHERE gone.last >= OLD.position
                ORDER BY gone.last LIMIT 1) <= OLD.position THEN
            RETURN OLD;
        END IF;
"""
REPLACED = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
REMOVED_STAYS = """
CREATE FUNCTION history_removed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history_removed: what was removed stays on record'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER history_removed_stays BEFORE UPDATE OR DELETE ON history_removed
    FOR EACH ROW EXECUTE FUNCTION history_removed_stays();
CREATE TRIGGER history_removed_is_not_emptied BEFORE TRUNCATE ON history_removed
    FOR EACH STATEMENT EXECUTE FUNCTION history_removed_stays();
"""
BACK = """
DROP TRIGGER history_removed_stays ON history_removed;
DROP TRIGGER history_removed_is_not_emptied ON history_removed;
DROP FUNCTION history_removed_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0004_each_row_asks_less")]
    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="Removed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                        ),
                        ("first", models.BigIntegerField(unique=True)),
                        ("last", models.BigIntegerField(unique=True)),
                        ("seal", models.CharField(max_length=64)),
                        ("certificate", models.CharField(max_length=32)),
                    ],
                    options={
                        "verbose_name_plural": "removed events",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(last__gte=models.F("first")), name="removed_first_and_last"
                            )
                        ],
                        "indexes": [models.Index(fields=["certificate", "-last"], name="removed_of_certificate")],
                    },
                ),
                migrations.RunSQL(REPLACED.replace(REFUSED, ALLOWED + REFUSED), REPLACED),
                migrations.RunSQL(REMOVED_STAYS, BACK),
            ]
        )
    ]
