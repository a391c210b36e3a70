from django.apps import AppConfig

from daybook.kit.translation import speak
from daybook.web.language import speaking


class WebConfig(AppConfig):
    """Registers the pages, and in whose language words are said."""

    name = "daybook.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what allauth does on its own pages; its models are there only now."""
        from daybook.web import factors  # noqa: PLC0415

        factors.listen()
        speak(speaking)
