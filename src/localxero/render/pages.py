"""Renders our pages."""

from localkit.pages import environment

ENVIRONMENT = environment("localxero")


def render_page(template: str, **values: object) -> str:
    """Render a page."""
    return ENVIRONMENT.get_template(template).render(**values)
