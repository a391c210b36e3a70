"""The history is not emptied either: TRUNCATE asks no trigger of rows."""

from django.db import migrations

NOT_EMPTIED = """
CREATE FUNCTION history_event_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history_event: what happened is not deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER history_event_is_not_emptied BEFORE TRUNCATE ON history_event
    FOR EACH STATEMENT EXECUTE FUNCTION history_event_is_not_emptied();
"""
BACK = """
DROP TRIGGER history_event_is_not_emptied ON history_event;
DROP FUNCTION history_event_is_not_emptied();
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0001_events")]
    operations = [migrations.RunSQL(NOT_EMPTIED, BACK)]
