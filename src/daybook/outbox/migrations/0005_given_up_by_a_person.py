"""Who said that a document shall not be posted, and what of its flags is done."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REMEMBER = """
UPDATE outbox_entry SET given_up_at = ended.at, given_up_by_id = ended.person_id
FROM (
    SELECT DISTINCT ON (entry_id) entry_id, mover, at, person_id
    FROM outbox_transition WHERE new_state = 'cancelled' ORDER BY entry_id, id DESC
) AS ended
WHERE ended.entry_id = outbox_entry.id AND ended.mover = 'person' AND outbox_entry.state = 'cancelled'
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("outbox", "0004_how_it_stands_in_xero"),
    ]
    operations = [
        migrations.AddField("entry", "attention_done", models.JSONField(blank=True, default=dict)),
        migrations.AddField("entry", "given_up_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "entry",
            "given_up_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(REMEMBER, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),  # PostgreSQL makes no index before
        migrations.AddIndex(
            "entry",
            models.Index(
                condition=models.Q(("given_up_at__isnull", False)), fields=["company", "order"], name="entry_given_up"
            ),
        ),
    ]
