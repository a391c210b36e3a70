"""How an order stands is said for each connection, in rows of their own; 0007 fills them."""

import django.db.models.deletion
from django.db import migrations, models

from daybook.altering import AtOnce


def tie(column: str, parent: str) -> migrations.RunSQL:
    name = f"orders_orderstanding_{column}_same_company"
    return migrations.RunSQL(
        f"ALTER TABLE orders_orderstanding ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column})"
        f" REFERENCES {parent} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE orders_orderstanding DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_last_accepted_delivery_counts"),
        ("connections", "0003_organisations_and_posting_settings"),
    ]
    operations = [
        AtOnce(
            [
                migrations.RemoveIndex("order", "order_standing"),
                migrations.RemoveIndex("order", "order_unprepared"),
                migrations.CreateModel(
                    name='OrderStanding',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.company')),
                        ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='standings', to='orders.order')),
                        ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='connections.connection')),
                        ('standing', models.CharField(choices=[('waiting', 'Waiting'), ('held', 'Needs a person'), ('documented', 'In the day book'), ('skipped', 'Skipped'), ('cancelled', 'Cancelled')], default='waiting', max_length=16)),
                        ('cause', models.CharField(blank=True, default='', max_length=40)),
                        ('subject', models.CharField(blank=True, default='', max_length=500)),
                        ('detail', models.TextField(blank=True, default='')),
                        ('unprepared_since', models.DateTimeField(null=True)),
                        ('written_from', models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['company', 'standing', 'cause'], name='order_standing'), models.Index(fields=['connection', 'standing', 'cause'], name='order_standing_there'), models.Index(condition=models.Q(('unprepared_since__isnull', False)), fields=['unprepared_since'], name='order_unprepared')],
                        'constraints': [models.UniqueConstraint(fields=('order', 'connection'), name='order_standing_once')],
                    },
                ),
                tie("order_id", "orders_order"),
                tie("connection_id", "connections_connection"),
            ]
        ),
    ]
