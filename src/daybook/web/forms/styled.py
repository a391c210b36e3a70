"""Forms in Unfold's look: its own class lists on Django's plain widgets, so that they work without scripts."""

from dataclasses import dataclass
from typing import Any

from django import forms
from unfold import widgets

CLASSES: tuple[tuple[type[forms.Widget], list[str]], ...] = (
    (forms.CheckboxInput, widgets.CHECKBOX_CLASSES),
    (forms.CheckboxSelectMultiple, widgets.CHECKBOX_CLASSES),  # which is a kind of RadioSelect to Django
    (forms.RadioSelect, widgets.RADIO_CLASSES),
    (forms.Select, widgets.SELECT_CLASSES),
    (forms.Textarea, widgets.TEXTAREA_CLASSES),
    (forms.FileInput, widgets.INPUT_CLASSES),
    (forms.widgets.Input, widgets.INPUT_CLASSES),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that was refused: its name, where it stands on the page, and why."""

    label: str
    anchor: str
    words: str


def faults_of(form: forms.BaseForm) -> list[Fault]:
    """Return the refused fields of a form that was sent, in the form's order; radio buttons stand in the part "method"."""
    return [
        Fault(str(field.label), field.id_for_label or "method", " ".join(map(str, field.errors)))
        for field in form
        if field.errors
    ]


class StyledForm(forms.BaseForm):
    """Mixed into a form, dresses its widgets."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        named.setdefault("label_suffix", "")
        super().__init__(*arguments, **named)
        dress(self)


def dress(form: forms.BaseForm) -> None:
    """Give every field's widget Unfold's classes."""
    for field in form.fields.values():
        classes = next((names for kind, names in CLASSES if isinstance(field.widget, kind)), [])
        field.widget.attrs["class"] = " ".join(classes)
