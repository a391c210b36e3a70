"""What counts is the last accepted delivery: a row for each, and contents that may come to stand again."""

import daybook.kit.clock
import django.db.models.deletion
from django.db import migrations, models


def tie(column: str, parent: str) -> migrations.RunSQL:
    """Have the database refuse a delivery that points at a row of another company."""
    name = f"orders_delivery_{column}_same_company"
    return migrations.RunSQL(
        f"ALTER TABLE orders_delivery ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column})"
        f" REFERENCES {parent} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE orders_delivery DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0004_zone_of_times_without_one'),
        ("orders", "0003_amounts_to_four_decimals"),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(blank=True, default='', max_length=40)),
                ('door', models.CharField(choices=[('api', 'REST API'), ('kornitx_push', 'Kornit X push'), ('kornitx_callback', 'Kornit X callback'), ('file', 'File')], max_length=20)),
                ('result', models.CharField(choices=[('accepted', 'Accepted'), ('unchanged', 'What stands already'), ('late_retry', 'A repeat, or older than what stands'), ('refused', 'Refused')], max_length=16)),
                ('body_hash', models.CharField(max_length=64)),
                ('request', models.CharField(max_length=32)),
                ('request_hash', models.CharField(blank=True, default='', max_length=64)),
                ('request_key', models.CharField(blank=True, default='', max_length=200)),
                ('position', models.PositiveIntegerField(default=0)),
                ('delivery_id', models.CharField(blank=True, default='', max_length=200)),
                ('sequence', models.BigIntegerField(null=True)),
                ('updated_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(default=daybook.kit.clock.now)),
                ('answered', models.PositiveSmallIntegerField(null=True)),
                ('raw', models.BinaryField(default=bytes)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_once',
        ),
        migrations.RemoveConstraint(
            model_name='revision',
            name='revision_content_once',
        ),
        migrations.AddField(
            model_name='order',
            name='on_hold_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='typed_date',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='undispatched_seen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('company', 'id'), name='notice_of_company'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='notice',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.notice'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='orders.order'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='revision',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.revision'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['order', 'id'], name='delivery_order'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('request_key', ''), _negated=True), fields=['company', 'request_key'], name='delivery_request_key'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('raw', b''), _negated=True), fields=['received_at'], name='delivery_raw'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('company', 'id'), name='delivery_of_company'),
        ),
        tie("order_id", "orders_order"),
        tie("revision_id", "orders_revision"),
        tie("notice_id", "orders_notice"),
        migrations.RunSQL(
            "UPDATE orders_order SET undispatched_seen_at = first_received_at WHERE current_revision_id IS NOT NULL"
            " AND (dispatched_seen_at IS NULL OR dispatched_seen_at > first_received_at)",
            migrations.RunSQL.noop,
        ),
    ]
