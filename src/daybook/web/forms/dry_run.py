"""Which orders a dry run is about."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from daybook.rehearsing.choosing import LAST, MOST, Asked, Which
from daybook.web.forms.styled import StyledForm

WAYS = (
    (Which.LAST, gettext_lazy("The last orders")),
    (Which.DAYS, gettext_lazy("Orders that came on some days")),
    (Which.FEED, gettext_lazy("What a feed has waiting")),
    (Which.FILE, gettext_lazy("An uploaded file")),
)
LONGEST = timedelta(days=366)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DryRunForm(StyledForm, forms.Form):
    """Sent by GET, so that a dry run can be linked to."""

    of = forms.ChoiceField(label=gettext_lazy("Which orders"), choices=WAYS)
    count = forms.IntegerField(label=gettext_lazy("How many"), required=False, min_value=1, max_value=MOST)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=_day())
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=_day())
    feed = forms.ChoiceField(label=gettext_lazy("Feed"), required=False)
    file = forms.ChoiceField(label=gettext_lazy("File"), required=False)

    def __init__(
        self, *arguments: Any, feeds: list[tuple[str, str]], files: list[tuple[str, str]], **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        for name, choices, nothing in (
            ("feed", feeds, gettext("Choose a feed") if feeds else gettext("There is no feed")),
            ("file", files, gettext("Choose a file") if files else gettext("No file was uploaded")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = [("", nothing), *choices]

    def clean(self) -> dict[str, Any]:
        """Ask for what the way of choosing needs, and for no more."""
        found: dict[str, Any] = self.cleaned_data
        match found.get("of"):
            case Which.DAYS:
                self._check_days(found.get("since"), found.get("until"))
            case Which.FEED | Which.FILE as way if not found.get(str(way)) and str(way) not in self.errors:
                self.add_error(str(way), gettext("Choose one."))
        return found

    def _check_days(self, since: date | None, until: date | None) -> None:
        for name, day in (("since", since), ("until", until)):
            if day is None and name not in self.errors:
                self.add_error(name, gettext("Choose a day."))
        if since is None or until is None:
            return
        if since > until:
            self.add_error("until", gettext("It lies before the first day: choose a later one."))
        elif until - since > LONGEST or since.year < 1900 or until.year > 2999:
            self.add_error("until", gettext("Choose no more than a year."))

    def asked(self) -> Asked:
        """Return what was asked for, of a form that is valid."""
        found = self.cleaned_data
        of = Which(found["of"])
        return Asked(
            which=of,
            count=found.get("count") or LAST,
            since=found.get("since") or date.min,
            until=found.get("until") or date.max,
            name=found.get(str(of), "") if of in {Which.FEED, Which.FILE} else "",
        )
