"""The pages a person looks at: rendered here, from the books, without scripts from elsewhere."""

from localxero.pages.views import answer
from localxero.render.pages import render_page

__all__ = ["answer", "render_page"]
