"""What a company posts, and how, stands with its connection now."""

from django.db import migrations

from daybook.altering import AtOnce

MOVED = (
    "process_method", "sales_account", "shipping_account", "cogs_account", "inventory_account", "contact_name",
    "contact_id", "supplier_contact_name", "supplier_contact_id", "purchase_tax_type", "document_status",
    "number_prefix", "reference_template", "payment_terms_days", "start_date", "post_when", "when_tax_differs",
    "include_orders_with_errors", "allow_backorders", "post_within_minutes", "default_currency", "cost_currency",
    "not_stock", "when_cost_is_zero", "part_shipment_days", "cash_steps", "order_time_zone",
    "order_time_zone_confirmed", "undated_days", "updated_at", "updated_by",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0007_who_saved_the_settings"),
        ("connections", "0003_organisations_and_posting_settings"),
    ]
    operations = [
        AtOnce(
            [
                *(migrations.RemoveField("companysettings", name) for name in MOVED),
                migrations.DeleteModel("TaxMapping"),
            ]
        ),
    ]
