"""Which lane asks a feed, or for a page of its past: what its job left when it died is asked for again by the next."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feeds', '0005_when_orders_are_due'),
    ]

    operations = [
        migrations.AddField(
            model_name='feed', name='asked_by', field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddField(
            model_name='backfill', name='asked_by', field=models.PositiveSmallIntegerField(null=True)
        ),
    ]
