"""Feeds; what the settings of a company kept of its Kornit X becomes its first feed, its sealed key as it is."""

import base64

import daybook.kit.clock
import daybook.kit.ids
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from daybook.secrets import vault


def move_kornitx(apps, editor):
    used = ~Q(kornitx_hmac_key_sealed=b"") | ~Q(kornitx_callback_secret_hash="") | Q(kornitx_refused__gt=0)
    used |= Q(kornitx_last_received_at__isnull=False)
    feeds = apps.get_model("feeds", "Feed").objects
    for settings in apps.get_model("companies", "CompanySettings").objects.filter(used).order_by("pk").iterator():
        feeds.create(
            company_id=settings.company_id,
            source="kornitx",
            name="kornitx",
            last_received_at=settings.kornitx_last_received_at,
            refused=settings.kornitx_refused,
            refused_at=settings.kornitx_refused_at,
            refused_why=settings.kornitx_refused_why,
            secrets=secrets_of(settings),
        )


def secrets_of(settings):
    """Return the sealed secrets; the first feed of a source keeps the context that they had in the settings."""
    secrets = {}
    if settings.kornitx_hmac_key_sealed:
        secrets["hmac_key"] = base64.b64encode(bytes(settings.kornitx_hmac_key_sealed)).decode()
    if settings.kornitx_callback_secret_hash:
        context = f"company:{settings.company_id}:kornitx_callback"
        digest = vault.seal(settings.kornitx_callback_secret_hash, context=context)
        secrets["callback"] = base64.b64encode(digest).decode()
    return secrets


class Migration(migrations.Migration):
    initial = True
    dependencies = [("companies", "0008_settings_of_posting_are_the_connections")]
    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=daybook.kit.ids.public_id, max_length=32, unique=True)),
                ("source", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=40)),
                ("secrets", models.JSONField(default=dict)),
                ("settings", models.JSONField(default=dict)),
                ("cursor", models.TextField(blank=True, default="")),
                ("number_prefix", models.CharField(blank=True, default="", max_length=20)),
                ("reference_template", models.CharField(blank=True, default="", max_length=200)),
                (
                    "post_when",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "As the connection's settings say"),
                            ("dispatched", "When the order has been dispatched"),
                            ("received", "As soon as the order is received"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("status_table", models.JSONField(default=dict)),
                ("last_received_at", models.DateTimeField(null=True)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("refused_at", models.DateTimeField(null=True)),
                ("refused_why", models.CharField(blank=True, default="", max_length=200)),
                ("opened_at", models.DateTimeField(default=daybook.kit.clock.now)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="feeds", to="companies.company"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "name"), name="feed_once"),
                    models.UniqueConstraint(fields=("company", "id"), name="feed_of_company"),
                ],
            },
        ),
        migrations.RunPython(move_kornitx, migrations.RunPython.noop),
    ]
