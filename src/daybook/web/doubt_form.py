"""The form by which a person says what became of a document that nobody can look for."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from daybook.outbox.judging import Verdict

LONGEST_ID = 64
LONGEST_NOTE = 300


class DoubtForm(forms.Form):
    """One of the verdicts that are possible, and what proves it."""

    verdict = forms.ChoiceField(error_messages={"required": gettext_lazy("Choose what became of it.")})
    their_id = forms.CharField(required=False, max_length=LONGEST_ID)
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)

    def __init__(self, *args: Any, may_say: Collection[Verdict], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verdict = self.fields["verdict"]
        assert isinstance(verdict, forms.ChoiceField)  # noqa: S101 - as declared above
        verdict.choices = [(each.value, each.value) for each in may_say]

    def clean(self) -> dict[str, Any]:
        """What stands there has a number or an id there: it is what people look it up by later."""
        said = super().clean() or {}
        if said.get("verdict") == Verdict.STANDS and not said.get("their_id"):
            self.add_error("their_id", gettext("Type the number or id that it has there: it is found by that later."))
        return said
