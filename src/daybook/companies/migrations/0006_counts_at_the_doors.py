from django.db import migrations, models

CACHE = """
    CREATE TABLE companies_cache (
        cache_key varchar(255) NOT NULL PRIMARY KEY,
        value text NOT NULL,
        expires timestamp with time zone NOT NULL
    );
    CREATE INDEX companies_cache_expires ON companies_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0005_people_join_by_invitation")]

    operations = [
        migrations.RunSQL(CACHE, "DROP TABLE companies_cache"),
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("door", models.CharField(max_length=32)),
                ("subject", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("door", "subject"), name="attempts_once")],
            },
        ),
        migrations.AddField(
            model_name="companysettings", name="kornitx_refused", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="companysettings", name="kornitx_refused_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="companysettings",
            name="kornitx_refused_why",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
    ]
