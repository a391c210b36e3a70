"""What may go is read by an index that nothing else can stand in for, so that no claim goes through what was posted."""

from django.db import migrations, models

from daybook.altering import AtOnce


class Migration(migrations.Migration):
    dependencies = [("outbox", "0011_what_was_resolved")]

    operations = [
        AtOnce(
            [
                migrations.RemoveIndex("entry", "entry_ready"),
                migrations.AddIndex(
                    "entry",
                    models.Index(
                        "organisation",
                        "kind",
                        models.Func("id", output_field=models.BigIntegerField(), template="(%(expressions)s + 0)"),
                        condition=models.Q(("open_needs", 0), ("state", "ready")),
                        name="entry_ready",
                    ),
                ),
            ]
        )
    ]
