"""The forms of a feed, drawn from its source's fields; and that of a new one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from daybook.feeds.models import Feed
from daybook.kit.translation import retold
from daybook.sources import statuses
from daybook.sources.registry import with_doors
from daybook.sources.source import Field, Holds, Source
from daybook.web.forms.styled import StyledForm
from daybook.web.settings.connection_forms import secret_field

FORGET = "remove_"
"""Before a secret's name: the box that forgets it."""


class FeedForm(StyledForm, forms.Form):
    """A form about one feed; several stand on a page."""

    def __init__(self, sent: Mapping[str, Any] | None = None, *, feed: Feed, **named: Any) -> None:
        self.feed = feed
        super().__init__(sent, auto_id=f"id_{feed.name or 'new'}_%s", **named)


class NewFeedForm(FeedForm):
    """Adds a feed, or opens again the one of that name."""

    prefix = "feed"  # its fields are called as settings of the page are
    source = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=lambda: [(each.name, each.title) for each in offered(with_doors())]
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        help_text=gettext_lazy("What its orders name as their source. The same name again opens that feed again."),
    )
    number_prefix = forms.CharField(
        label=gettext_lazy("Number prefix"),
        required=False,
        max_length=20,
        help_text=gettext_lazy(
            "Stands before the references of its orders, so that its numbers never meet another feed's."
        ),
    )
    brings = forms.ChoiceField(
        label=gettext_lazy("It brings"),
        required=False,
        choices=Feed.Brings.choices,
        help_text=gettext_lazy(
            "A shop whose orders are made in an OMS: the shop brings the sales, the OMS news about them. News never "
            "becomes a document; it is matched by shop reference or number."
        ),
    )


class BackfillForm(FeedForm):
    """From which day on the past is brought."""

    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Orders that changed since that day are asked for. What is here already does not change."
        ),
    )


class RulesForm(FeedForm):
    """What a feed says of its own orders, instead of the settings above."""

    prefix = "feed"
    number_prefix = forms.CharField(
        label=gettext_lazy("Number prefix"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Empty: the one under Numbers."),
    )
    reference_template = forms.CharField(
        label=gettext_lazy("Reference"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: the one under Numbers."),
    )
    post_when = forms.ChoiceField(label=gettext_lazy("Post when"), required=False, choices=Feed.PostWhen.choices)
    statuses = forms.CharField(
        label=gettext_lazy("What a status means"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One in each line, as the list of orders shows it: Shipped = dispatched. Meanings: created, paid, "
            "dispatched, part dispatched, on hold, cancelled. What is not listed means what is said below, or what the order "
            "itself says."
        ),
    )
    minutes = forms.CharField(
        label=gettext_lazy("Minutes between two pulls"),
        required=False,
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, sent: Mapping[str, Any] | None = None, *, feed: Feed, **named: Any) -> None:
        super().__init__(sent, feed=feed, **named)
        if feed.row.pull is None:
            del self.fields["minutes"]
        else:
            self.fields["minutes"].help_text = gettext("Empty: {usual}.").format(usual=feed.row.minutes)


def rules_form(feed: Feed) -> RulesForm:
    """Return the form of what stands."""
    initial = {
        "number_prefix": feed.number_prefix,
        "reference_template": feed.reference_template,
        "post_when": feed.post_when,
        "statuses": statuses.written(feed.status_table),
        "minutes": "" if feed.minutes is None else str(feed.minutes),
    }
    return RulesForm(feed=feed, initial=initial)


def fields_form(feed: Feed, sent: Mapping[str, Any] | None = None) -> FeedForm:
    """Return the form of the source's own fields; secrets go in and never come out."""
    fields: dict[str, forms.Field] = {}
    for one in typed_fields(feed):
        fields[one.name] = _field(one)
        if one.holds is Holds.SECRET and one.name in feed.secrets:
            fields[f"{FORGET}{one.name}"] = forms.BooleanField(
                label=gettext("Forget the stored {field}").format(field=one.label),
                required=False,
                help_text=gettext("{missing} until a new one is set.").format(missing=one.missing),
            )
    drawn: type[FeedForm] = type("FieldsForm", (_FieldsForm,), fields)
    return drawn(sent, feed=feed, initial=feed.settings)


class _FieldsForm(FeedForm):
    """Has the source itself say what is wrong with what was typed."""

    def clean(self) -> dict[str, Any]:
        """Put what is wrong beside its field."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        plain = {one.name: str(given.get(one.name) or "") for one in typed_fields(self.feed)}
        faults = self.feed.row.faults
        for name, words in (faults(plain) if faults is not None else {}).items():
            self.add_error(name, retold(words))
        return given


def offered(sources: Iterable[Source]) -> list[Source]:
    """Return sources with their words in the language of who reads."""
    return [replace(each, title=gettext(each.title), about=gettext(each.about)) for each in sources]


def as_read(field: Field) -> Field:
    """Return a field with its words in the language of who reads."""
    return replace(field, label=gettext(field.label), help=gettext(field.help), missing=gettext(field.missing))


def typed_fields(feed: Feed) -> list[Field]:
    """Return the source's fields that a person fills in."""
    return [as_read(one) for one in feed.row.fields if one.holds is not Holds.MADE]


def _field(one: Field) -> forms.Field:
    if one.holds is Holds.SECRET:
        return secret_field(one.label, one.help)
    if one.holds is Holds.FLAG:
        return forms.BooleanField(label=one.label, required=False, help_text=one.help)
    named: dict[str, Any] = {"label": one.label, "required": False, "max_length": one.longest, "help_text": one.help}
    if one.holds is Holds.LINES:
        lines = {"rows": max(3, one.default.count("\n") + 1), "spellcheck": "false", "placeholder": one.default}
        return forms.CharField(**named, widget=forms.Textarea(attrs=lines))
    return forms.CharField(**named, widget=forms.TextInput(attrs={"placeholder": one.default, "spellcheck": "false"}))
