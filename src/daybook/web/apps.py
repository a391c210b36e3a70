from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the pages."""

    name = "daybook.web"
    default_auto_field = "django.db.models.BigAutoField"
