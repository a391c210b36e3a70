"""What is known of the far side, and what is posted there, get rows of their own; a company may have several ways."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import daybook.kit.clock
from daybook.altering import AtOnce

SETTINGS = (
    "process_method, sales_account, shipping_account, cogs_account, inventory_account, contact_name, contact_id,"
    " supplier_contact_name, supplier_contact_id, purchase_tax_type, document_status, number_prefix,"
    " reference_template, payment_terms_days, start_date, post_when, when_tax_differs, include_orders_with_errors,"
    " allow_backorders, post_within_minutes, default_currency, cost_currency, not_stock, when_cost_is_zero,"
    " part_shipment_days, cash_steps, order_time_zone, order_time_zone_confirmed, undated_days, updated_at,"
    " updated_by_id"
)
START = """
UPDATE connections_connection SET started_at = company.created_at
FROM companies_company AS company WHERE company.id = connections_connection.company_id
"""
REACHED = """
INSERT INTO connections_organisation (company_id, connection_id, ledger, their_id, name, country_code, base_currency,
    time_zone, short_code, edition, lock_date, facts_read_at)
SELECT company_id, id, 'xero', COALESCE(NULLIF(tenant_id, ''), last_tenant_id), organisation_name, country_code,
    base_currency, time_zone, short_code, edition, lock_date, CASE WHEN country_code <> '' THEN checked_at END
FROM connections_connection WHERE tenant_id <> '' OR last_tenant_id <> ''
"""
REACHED_BEFORE = """
INSERT INTO connections_organisation (company_id, connection_id, ledger, their_id, name, country_code, base_currency,
    time_zone, short_code, edition)
SELECT company_id, id, 'xero', last_tenant_id, '', '', '', '', '', '' FROM connections_connection
WHERE last_tenant_id <> '' ON CONFLICT DO NOTHING
"""
POINT = """
UPDATE connections_connection SET organisation_id = reached.id, holds = 'xero:' || reached.their_id
FROM connections_organisation AS reached
WHERE reached.company_id = connections_connection.company_id AND reached.their_id = connections_connection.tenant_id
    AND connections_connection.tenant_id <> ''
"""
POINT_BACK = """
UPDATE connections_connection SET last_organisation_id = reached.id FROM connections_organisation AS reached
WHERE reached.company_id = connections_connection.company_id
    AND reached.their_id = connections_connection.last_tenant_id AND connections_connection.last_tenant_id <> ''
"""
SETTLE = f"""
INSERT INTO connections_postingsettings (connection_id, {SETTINGS})
SELECT connection.id, {SETTINGS.replace(" updated_at", " chosen.updated_at")}
FROM companies_companysettings AS chosen
JOIN connections_connection AS connection ON connection.company_id = chosen.company_id
"""
MAP_RATES = """
INSERT INTO connections_taxmapping (connection_id, rate, tax_type, first_seen_at)
SELECT connection.id, rate, tax_type, first_seen_at FROM companies_taxmapping AS mapping
JOIN connections_connection AS connection ON connection.company_id = mapping.company_id
"""


def one_for_each_company(apps: Any, _schema_editor: Any) -> None:
    """Give every company its first connection, which so far it got when somebody opened its settings."""
    companies, connections = apps.get_model("companies", "Company"), apps.get_model("connections", "Connection")
    for company in companies.objects.filter(connections=None).iterator():
        connections.objects.create(company=company)


def tie(column: str, parent: str) -> migrations.RunSQL:
    """The database refuses a connection that reaches another company's organisation, and the other way round."""
    child = "connections_organisation" if parent == "connections_connection" else "connections_connection"
    name = f"{child}_{column}_same_company"
    return migrations.RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column})"
        f" REFERENCES {parent} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


def to_organisation() -> models.ForeignKey:
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="connections.organisation",
    )


def moved(statement: str) -> migrations.RunSQL:
    return migrations.RunSQL(statement, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("companies", "0007_who_saved_the_settings"),
        ("connections", "0002_waits_xero_named"),
    ]
    operations = [
        AtOnce(
            [
                migrations.AlterField(
                    "connection",
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="connections", to="companies.company"
                    ),
                ),
                migrations.AddField("connection", "ledger", models.CharField(default="xero", max_length=20)),
                migrations.AddField("connection", "position", models.PositiveSmallIntegerField(default=1)),
                migrations.AddField("connection", "started_at", models.DateTimeField(null=True)),
                migrations.AddField("connection", "closed_at", models.DateTimeField(null=True)),
                migrations.AddField("connection", "holds", models.CharField(blank=True, default="", max_length=221)),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ledger", models.CharField(default="xero", max_length=20)),
                        ("their_id", models.CharField(max_length=200)),
                        ("name", models.CharField(blank=True, default="", max_length=255)),
                        ("country_code", models.CharField(blank=True, default="", max_length=2)),
                        ("base_currency", models.CharField(blank=True, default="", max_length=3)),
                        ("time_zone", models.CharField(blank=True, default="", max_length=64)),
                        ("short_code", models.CharField(blank=True, default="", max_length=20)),
                        ("edition", models.CharField(blank=True, default="", max_length=20)),
                        ("lock_date", models.DateField(null=True)),
                        ("facts_read_at", models.DateTimeField(null=True)),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="organisations",
                                to="companies.company",
                            ),
                        ),
                        (
                            "connection",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="organisations",
                                to="connections.connection",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("company", "ledger", "their_id"), name="organisation_once"),
                            models.UniqueConstraint(fields=("company", "id"), name="organisation_of_company"),
                        ],
                    },
                ),
                migrations.AddField("connection", "organisation", to_organisation()),
                migrations.AddField("connection", "last_organisation", to_organisation()),
                migrations.CreateModel(
                    name='PostingSettings',
                    fields=[
                        ('connection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='posting', serialize=False, to='connections.connection')),
                        ('process_method', models.CharField(blank=True, choices=[('', '(nothing selected: Untracked)'), ('untracked', 'Untracked: invoices only'), ('tracked', 'Tracked: purchase orders and invoices')], default='', max_length=16, verbose_name='Process Method')),
                        ('sales_account', models.CharField(blank=True, default='', max_length=10, verbose_name='Sales Account')),
                        ('shipping_account', models.CharField(blank=True, default='', max_length=10, verbose_name='Shipping Account')),
                        ('cogs_account', models.CharField(blank=True, default='', max_length=10, verbose_name='Cost of Goods Sold Expense Account')),
                        ('inventory_account', models.CharField(blank=True, default='', max_length=10, verbose_name='Inventory Asset Account')),
                        ('contact_name', models.CharField(blank=True, default='', max_length=255, verbose_name='Contact Name')),
                        ('contact_id', models.CharField(blank=True, default='', max_length=36)),
                        ('supplier_contact_name', models.CharField(blank=True, default='', max_length=255, verbose_name='Supplier Contact Name')),
                        ('supplier_contact_id', models.CharField(blank=True, default='', max_length=36)),
                        ('purchase_tax_type', models.CharField(blank=True, default='', max_length=50, verbose_name='Tax on purchase orders')),
                        ('document_status', models.CharField(choices=[('DRAFT', 'Draft'), ('SUBMITTED', 'Awaiting approval'), ('AUTHORISED', 'Approved')], default='DRAFT', max_length=16, verbose_name='Document status')),
                        ('number_prefix', models.CharField(blank=True, default='', max_length=20, verbose_name='Number prefix')),
                        ('reference_template', models.CharField(blank=True, default='{external_ref}', max_length=200, verbose_name='Reference')),
                        ('payment_terms_days', models.PositiveSmallIntegerField(default=30, verbose_name='Payment terms (days)')),
                        ('start_date', models.DateField(blank=True, null=True, verbose_name='Start date')),
                        ('post_when', models.CharField(choices=[('dispatched', 'When the order has been dispatched'), ('received', 'As soon as the order is received')], default='dispatched', max_length=16, verbose_name='Post when')),
                        ('when_tax_differs', models.CharField(choices=[('hold', 'Hold the document and say why'), ('keep_gross', "Keep the gross, let Xero's tax stand")], default='hold', max_length=16, verbose_name='When tax cannot be met')),
                        ('include_orders_with_errors', models.BooleanField(default=False, verbose_name='Include Orders with Errors')),
                        ('allow_backorders', models.BooleanField(default=False, verbose_name='Allow backorders')),
                        ('post_within_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='Post within (minutes)')),
                        ('default_currency', models.CharField(blank=True, default='', max_length=3, verbose_name='Currency of orders that name none')),
                        ('cost_currency', models.CharField(blank=True, default='', max_length=3, verbose_name="Currency of the OMS's costs")),
                        ('not_stock', models.TextField(blank=True, default='', max_length=20000, verbose_name='Not stock')),
                        ('when_cost_is_zero', models.CharField(choices=[('hold', 'Hold the purchase order and ask'), ('leave_out', 'Leave it out of the purchase order')], default='hold', max_length=16, verbose_name='Goods that cost nothing')),
                        ('part_shipment_days', models.PositiveSmallIntegerField(default=14, verbose_name='Part shipments wait (days)')),
                        ('cash_steps', models.CharField(blank=True, default='', max_length=200, verbose_name='Amounts are rounded to')),
                        ('order_time_zone', models.CharField(blank=True, default='', max_length=64, verbose_name='Time zone of the OMS')),
                        ('order_time_zone_confirmed', models.BooleanField(default=True)),
                        ('undated_days', models.PositiveSmallIntegerField(blank=True, default=7, null=True, verbose_name='Undated orders: days since ordered')),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name_plural': 'posting settings',
                        'indexes': [],
                        'constraints': [],
                    },
                ),
                migrations.CreateModel(
                    name='TaxMapping',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('connection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tax_mappings', to='connections.connection')),
                        ('rate', models.DecimalField(decimal_places=6, max_digits=9)),
                        ('tax_type', models.CharField(blank=True, default='', max_length=50)),
                        ('first_seen_at', models.DateTimeField(default=daybook.kit.clock.now)),
                    ],
                    options={
                        'ordering': ['-rate'],
                        'constraints': [models.UniqueConstraint(fields=('connection', 'rate'), name='tax_of_connection_once')],
                        'indexes': [],
                    },
                ),
            ]
        ),
        migrations.RunPython(one_for_each_company, migrations.RunPython.noop),
        AtOnce(
            [
                moved(START),
                moved(REACHED),
                moved(REACHED_BEFORE),
                moved(POINT),
                moved(POINT_BACK),
                moved(SETTLE),
                moved(MAP_RATES),
                moved("SET CONSTRAINTS ALL IMMEDIATE"),  # PostgreSQL alters no table before
                migrations.RemoveConstraint("connection", "organisation_connected_once"),
                *(
                    migrations.RemoveField("connection", name)
                    for name in (
                        "tenant_id",
                        "last_tenant_id",
                        "organisation_name",
                        "country_code",
                        "base_currency",
                        "time_zone",
                        "short_code",
                        "edition",
                        "lock_date",
                    )
                ),
                migrations.AddConstraint(
                    "connection",
                    models.UniqueConstraint(
                        fields=("holds",), condition=models.Q(("holds", ""), _negated=True), name="organisation_connected_once"
                    ),
                ),
                migrations.AddConstraint(
                    "connection", models.UniqueConstraint(fields=("company", "id"), name="connection_of_company")
                ),
                migrations.AddConstraint(
                    "connection",
                    models.UniqueConstraint(fields=("company", "position"), name="connection_position_once"),
                ),
                tie("organisation_id", "connections_organisation"),
                tie("last_organisation_id", "connections_organisation"),
                tie("connection_id", "connections_connection"),
            ]
        ),
    ]
