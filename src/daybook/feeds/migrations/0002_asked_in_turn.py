"""When each feed is asked next, what a backfill asks for, secrets that overlap, codes to pair with; what a feed brings."""

import daybook.kit.clock
import daybook.kit.ids
import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_closing_a_company'),
        ('feeds', '0001_a_feed_for_each_shop'),
    ]

    operations = [
        AtOnce(
            [
        migrations.CreateModel(
            name='Backfill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=daybook.kit.ids.public_id, max_length=32, unique=True)),
                (
                    'company',
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name='+',
                        to='companies.company',
                    ),
                ),
                (
                    'feed',
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name='backfills', to='feeds.feed'
                    ),
                ),
                ('since', models.DateTimeField()),
                ('cursor', models.TextField()),
                ('due_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(default=daybook.kit.clock.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('accepted', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('problem', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [
                    models.UniqueConstraint(fields=('company', 'id'), name='backfill_of_company'),
                    models.UniqueConstraint(
                        condition=models.Q(('ended_at__isnull', True)), fields=('feed',), name='backfill_one_at_a_time'
                    ),
                ],
                'indexes': [
                    models.Index(
                        condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='backfill_due'
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name='feed',
            name='brings',
            field=models.CharField(choices=[('sales', 'Other sales: each order becomes documents'), ('news', 'News about the same sales: dispatch, cancellation; never a document of its own')], db_default='sales', default='sales', max_length=8),
        ),
        migrations.AddField(
            model_name='feed',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='feed',
            name='failures',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='feed',
            name='meets_others',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='feed',
            name='minutes',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='feed',
            name='overlaps',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='feed',
            name='pairing_hash',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='feed',
            name='pairing_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='feed',
            name='paused_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='feed',
            name='problem',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.AddField(
            model_name='feed',
            name='problem_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='feed',
            name='pulled_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='feed',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='feed_due'),
        ),
        migrations.AddIndex(
            model_name='feed',
            index=models.Index(condition=models.Q(('pairing_hash', ''), _negated=True), fields=['pairing_hash'], name='feed_pairing'),
        ),
            ]
        ),
        migrations.RunSQL(
            """ALTER TABLE feeds_backfill ADD CONSTRAINT backfill_of_a_feed_of_its_company
            FOREIGN KEY (company_id, feed_id) REFERENCES feeds_feed (company_id, id) DEFERRABLE INITIALLY DEFERRED""",
            "ALTER TABLE feeds_backfill DROP CONSTRAINT backfill_of_a_feed_of_its_company",
        ),
    ]
