"""What was refused or waits is kept with why, corrected and taken in again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from daybook.altering import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_closing_a_company'),
        ('feeds', '0002_asked_in_turn'),
        ('orders', '0013_vacuumed_sooner'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            [
        migrations.AddField(
            model_name='delivery',
            name='by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='corrects',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='orders.delivery'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='external_ref',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.AddField(
            model_name='delivery',
            name='problems',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='ref',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='delivery',
            name='settled_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='result',
            field=models.CharField(choices=[('accepted', 'Accepted'), ('unchanged', 'What stands already'), ('late_retry', 'A repeat, or older than what stands'), ('refused', 'Refused'), ('ignored', 'Nothing about an order'), ('waiting', 'Kept, not taken in yet')], max_length=16),
        ),
        migrations.AddField(
            model_name='delivery', name='is_whole', field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            model_name='order',
            name='same_as',
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name='+',
                to='orders.order',
            ),
        ),
        migrations.AddField(
            model_name='order',
            name='sameness',
            field=models.CharField(
                blank=True,
                choices=[('', 'Nobody has said'), ('another', 'Another sale'), ('same', 'The same sale')],
                db_default='',
                default='',
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(
                condition=models.Q(('external_ref__gt', '')),
                fields=['company', 'external_ref'],
                name='order_external_ref',
            ),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('result__in', ['refused', 'waiting']), ('settled_at', None)), fields=['company', 'result', '-id'], name='delivery_open'),
        ),
            ]
        ),
    ]
