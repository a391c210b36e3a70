"""Forms in Unfold's look: its own class lists on Django's plain widgets, so that they work without scripts."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
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
        if isinstance(self, forms.BaseModelForm):
            _say(self)
        dress(self)


def _say(form: forms.BaseModelForm) -> None:  # type: ignore[type-arg]  # Django has no such type at run time
    """Have labels, help and choices that come from the model said in the language of who reads."""
    for name, field in form.fields.items():
        if name in form.declared_fields:  # type: ignore[attr-defined]  # its metaclass sets it
            continue
        field.label, field.help_text = gettext(str(field.label)), gettext(str(field.help_text))
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            field.choices = [(value, gettext(str(label))) for value, label in choices]


def dress(form: forms.BaseForm) -> None:
    """Give every field's widget Unfold's classes."""
    for field in form.fields.values():
        classes = next((names for kind, names in CLASSES if isinstance(field.widget, kind)), [])
        field.widget.attrs["class"] = " ".join(classes)
