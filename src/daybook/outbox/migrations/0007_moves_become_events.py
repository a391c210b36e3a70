"""Every move of a document is told by the history; batch by batch, each one gone here when it is there.

After `held: ` and `the order is skipped: ` a cause stood in the reason. What is longer than any cause is somebody's own
words, and stays as it is.
"""

from django.db import migrations

from daybook.moving import in_batches

HELD, SKIPPED = "held: ", "the order is skipped: "
LONGEST_CAUSE = 40
TO_EVENTS = f"""
WITH gone AS (DELETE FROM outbox_transition moved WHERE {{batch}} RETURNING moved.*),
    split AS (
        SELECT gone.*, CASE WHEN starts_with(reason, '{HELD}') OR starts_with(reason, '{SKIPPED}')
            THEN substr(reason, strpos(reason, ': ') + 2) ELSE '' END AS cause FROM gone
    ),
    told AS (SELECT split.*, length(cause) BETWEEN 1 AND {LONGEST_CAUSE} AS has_cause FROM split)
INSERT INTO history_event (company_id, at, subject_kind, subject_id, what, old_state, new_state, mover, person_id,
    attempt_id, cause, reason, salt, digest, seal)
SELECT company_id, at, 'entry', entry_id, CASE WHEN old_state = new_state THEN 'noted' ELSE 'moved' END, old_state,
    new_state, mover, person_id, attempt_id, CASE WHEN has_cause THEN cause ELSE '' END,
    CASE WHEN NOT has_cause THEN reason WHEN starts_with(reason, '{HELD}') THEN ''
        ELSE left(reason, strpos(reason, ': ') - 1) END, '', '', ''
FROM told ORDER BY id
"""  # noqa: S608  # nothing but our own text


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0006_laws_of_an_organisation"), ("history", "0001_events")]
    operations = [in_batches("outbox_transition", waiting="true", move=TO_EVENTS)]
