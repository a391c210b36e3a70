from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """The app that Django knows this folder as."""

    name = "daybook.alerts"
    default_auto_field = "django.db.models.BigAutoField"
