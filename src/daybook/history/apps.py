from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """The app that Django knows this folder as."""

    name = "daybook.history"
    default_auto_field = "django.db.models.BigAutoField"
