from django.apps import AppConfig


class SecretsConfig(AppConfig):
    name = "daybook.secrets"
    default_auto_field = "django.db.models.BigAutoField"
