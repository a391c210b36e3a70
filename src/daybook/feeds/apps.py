from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """The app that Django knows this folder as."""

    name = "daybook.feeds"
    default_auto_field = "django.db.models.BigAutoField"
