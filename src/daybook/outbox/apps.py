from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """The app that Django knows this folder as."""

    name = "daybook.outbox"
    default_auto_field = "django.db.models.BigAutoField"
