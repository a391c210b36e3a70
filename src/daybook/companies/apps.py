from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """The app that Django knows this folder as."""

    name = "daybook.companies"
    default_auto_field = "django.db.models.BigAutoField"
