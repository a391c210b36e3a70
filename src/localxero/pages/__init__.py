"""The pages a person looks at: rendered here, from the books, without scripts from elsewhere."""

from localxero.pages.views import answer

__all__ = ["answer"]
