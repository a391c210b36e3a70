from django.apps import AppConfig


class EndingConfig(AppConfig):
    """The app that Django knows this folder as."""

    name = "daybook.ending"
    default_auto_field = "django.db.models.BigAutoField"
