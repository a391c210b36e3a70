"""What was refused or waits is kept with why, corrected and taken in again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from daybook.altering import AtOnce


MET = """
    CREATE FUNCTION daybook_met(company bigint, ids bigint[], feeds bigint[], refs text[], externals text[])
    RETURNS TABLE (
        mine bigint, public_id varchar, ref varchar, feed varchar, currency varchar, gross numeric, at timestamptz
    )
    LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashed.name) FROM (
            SELECT DISTINCT hashtextextended(company || ':' || names.name, 0) AS name
            FROM unnest(refs || externals) AS names(name) WHERE names.name > '' ORDER BY 1
        ) AS hashed;
        RETURN QUERY  -- sees what was committed while the locks were waited for
        SELECT asked.id, other.public_id, other.ref, theirs.name, other.currency, other.gross,
            coalesce(other.ordered_at, other.first_received_at)
        FROM unnest(ids, feeds, refs, externals) AS asked(id, feed, ref, external_ref)
        JOIN orders_order other ON other.company_id = company AND other.feed_id <> asked.feed
            AND (other.ref IN (asked.ref, asked.external_ref)
                OR (other.external_ref > '' AND other.external_ref IN (asked.ref, asked.external_ref)))
        JOIN feeds_feed theirs ON theirs.id = other.feed_id AND theirs.brings = 'sales'
        WHERE other.current_revision_id IS NOT NULL AND other.sameness <> 'same'
            AND NOT (other.sameness = 'another' AND other.same_as_id IS NOT DISTINCT FROM asked.id)
            AND (other.id < asked.id OR EXISTS (
                SELECT FROM outbox_entry entry
                WHERE entry.company_id = company AND entry.order_id = other.id AND entry.state <> 'cancelled'
            ))
        ORDER BY other.id;
    END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0010_closing_a_company'),
        ('feeds', '0002_asked_in_turn'),
        ('orders', '0014_forgotten_customers_beside'),
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
        migrations.RunSQL(MET, "DROP FUNCTION daybook_met"),
    ]
