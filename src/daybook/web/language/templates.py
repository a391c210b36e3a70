"""Templates in the language of who reads: each is compiled once a language, with its sentences from the catalogue."""

from pathlib import Path

from django.template import Origin
from django.template.loaders import cached
from django.utils.translation import get_language, gettext

from daybook.web.language import fragments

OURS = Path(__file__).parents[1] / "templates"
"""Where the templates stand that are written without marks; what libraries bring along has marks of its own."""
_WRITTEN_IN = "en"


class Loader(cached.Loader):
    """Keeps templates as Django's own does, one for each language."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """Return under what a compiled template is kept."""
        return f"{get_language()}:{super().cache_key(template_name, skip)}"

    def get_contents(self, origin: Origin) -> str:
        """Return a template's source, with its sentences in the active language."""
        source: str = super().get_contents(origin)
        if (get_language() or _WRITTEN_IN).startswith(_WRITTEN_IN) or OURS not in Path(origin.name).parents:
            return source
        return fragments.said_in(source, gettext, by_line=origin.name.endswith(".txt"))
