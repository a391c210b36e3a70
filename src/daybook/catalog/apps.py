from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Registers the models."""

    name = "daybook.catalog"
    default_auto_field = "django.db.models.BigAutoField"
