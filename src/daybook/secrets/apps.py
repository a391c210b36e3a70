from django.apps import AppConfig


class SecretsConfig(AppConfig):
    """The app that Django knows this folder as."""

    name = "daybook.secrets"
    default_auto_field = "django.db.models.BigAutoField"
