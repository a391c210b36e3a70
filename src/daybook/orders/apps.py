from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders, their revisions and what was called back about them."""

    name = "daybook.orders"
    default_auto_field = "django.db.models.BigAutoField"
