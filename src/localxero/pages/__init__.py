"""The pages a person looks at: rendered here, from the books, without scripts from elsewhere."""

from localxero.pages.rendering import render_page
from localxero.pages.views import answer

__all__ = ["answer", "render_page"]
