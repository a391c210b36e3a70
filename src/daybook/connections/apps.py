from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """Registers the models."""

    name = "daybook.connections"
    default_auto_field = "django.db.models.BigAutoField"
