from django.apps import AppConfig


class ProvingConfig(AppConfig):
    """The app that Django knows this folder as."""

    name = "daybook.proving"
    default_auto_field = "django.db.models.BigAutoField"
