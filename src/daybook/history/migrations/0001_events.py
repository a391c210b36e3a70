"""The history: events that are only ever added to."""

import django.db.models.deletion
from django.db import migrations, models

import daybook.kit.clock

ONLY_ADDED = """
CREATE FUNCTION history_event_is_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    forgetting boolean := coalesce(current_setting('daybook.forgetting', true), '') = 'on';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'history_event %: what happened is not deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.id, NEW.company_id, NEW.at, NEW.subject_kind, NEW.subject_id, NEW.what, NEW.old_state, NEW.new_state,
        NEW.mover, NEW.person_id, NEW.attempt_id, NEW.cause)
       IS DISTINCT FROM
       (OLD.id, OLD.company_id, OLD.at, OLD.subject_kind, OLD.subject_id, OLD.what, OLD.old_state, OLD.new_state,
        OLD.mover, OLD.person_id, OLD.attempt_id, OLD.cause) THEN
        RAISE EXCEPTION 'history_event %: what happened is not changed', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.position IS NOT NULL OR NEW.position IS NULL)
       AND (NEW.position, NEW.digest, NEW.seal) IS DISTINCT FROM (OLD.position, OLD.digest, OLD.seal) THEN
        RAISE EXCEPTION 'history_event %: it is numbered and sealed once', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.reason, NEW.before, NEW.after) IS DISTINCT FROM (OLD.reason, OLD.before, OLD.after)
       OR (OLD.position IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt) THEN
        IF NOT forgetting OR (NEW.reason, NEW.salt) IS DISTINCT FROM (''::varchar, ''::bytea)
           OR NEW.before IS NOT NULL OR NEW.after IS NOT NULL THEN
            RAISE EXCEPTION 'history_event %: what was said is forgotten as a whole, or stays', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER history_event_is_only_added BEFORE UPDATE OR DELETE ON history_event
    FOR EACH ROW EXECUTE FUNCTION history_event_is_only_added();
"""
BACK = """
DROP TRIGGER history_event_is_only_added ON history_event;
DROP FUNCTION history_event_is_only_added();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("companies", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=daybook.kit.clock.now)),
                ("subject_kind", models.CharField(max_length=12)),
                ("subject_id", models.BigIntegerField()),
                ("what", models.CharField(max_length=16)),
                ("old_state", models.CharField(blank=True, default="", max_length=12)),
                ("new_state", models.CharField(blank=True, default="", max_length=12)),
                ("mover", models.CharField(max_length=16)),
                ("attempt_id", models.BigIntegerField(null=True)),
                ("cause", models.CharField(blank=True, default="", max_length=40)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("position", models.BigIntegerField(null=True, unique=True)),
                ("salt", models.BinaryField(default=bytes)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("seal", models.CharField(blank=True, default="", max_length=64)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="companies.person",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["company", "subject_kind", "subject_id", "id"], name="event_of_subject"),
                    models.Index(condition=models.Q(("position", None)), fields=["id"], name="event_unnumbered"),
                ],
            },
        ),
        migrations.RunSQL(ONLY_ADDED, BACK),
    ]
