"""Files of orders: a feed for them, an upload, the columns of a file, and the place that is watched."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import CHECKBOX_CLASSES

from daybook.feeds import places
from daybook.feeds.models import Feed
from daybook.feeds.places import Place
from daybook.intake.file_taking import LARGEST
from daybook.sources.mapped.fields import FIELDS
from daybook.sources.mapped.mapping import DELIMITERS, ENCODINGS, LONGEST, MOST_HEADER_ROWS, ColumnMapping
from daybook.sources.mapped.values import Dates, Rates
from daybook.sources.registry import with_files
from daybook.web.forms.styled import StyledForm

FOR_ALL = (
    "lines.quantity",
    "lines.description",
    "currency",
    "lines.tax_rate",
    "dispatched",
    "channel",
    "shipping_method",
)
"""Fields of which one text may hold for every order."""


class NewFeedForm(StyledForm, forms.Form):
    """A feed whose orders come in files."""

    source = forms.ChoiceField(
        label=gettext_lazy("What writes the files"),
        choices=lambda: [(each.name, gettext(each.title)) for each in with_files()],
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        help_text=gettext_lazy("Letters, digits, dots, hyphens. With an order id it names the order for good."),
    )
    number_prefix = forms.CharField(
        label=gettext_lazy("Number prefix"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Stands before the numbers of its documents, so that two feeds never meet."),
    )
    brings = forms.ChoiceField(
        label=gettext_lazy("It brings"),
        required=False,
        choices=Feed.Brings.choices,
        help_text=gettext_lazy("News is matched by shop reference or number, and needs no prefix."),
    )


class UploadForm(StyledForm, forms.Form):
    """One file."""

    feed = forms.ChoiceField(label=gettext_lazy("Feed"))
    file = forms.FileField(label=gettext_lazy("File"))

    def __init__(self, *arguments: Any, feeds: Sequence[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["feed"].choices = feeds  # type: ignore[attr-defined]
        help_text = gettext("Up to {most} MB. Nothing is taken in before you have seen it.")
        self.fields["file"].help_text = help_text.format(most=LARGEST // 1024 // 1024)

    def clean_file(self) -> Any:
        """Refuse what is too large to be kept, and what has no name."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                gettext("The file is larger than {most} MB. Split it.").format(most=LARGEST // 1024 // 1024)
            )
        return file


class PlaceForm(StyledForm, forms.Form):
    """Where a feed's files are collected from."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Collect from"),
        required=False,
        choices=lambda: [(str(k), gettext(v)) for k, v in places.KINDS.items()],
    )
    host = forms.CharField(label=gettext_lazy("Server"), max_length=100, required=False)
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        required=False,
        min_value=1,
        max_value=65535,
        help_text=gettext_lazy("SFTP 22, FTP 21, FTP over TLS from the start 990."),
    )
    username = forms.CharField(label=gettext_lazy("User"), max_length=100, required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "Write-only; empty keeps the stored one. An SFTP server needs none: it knows Daybook by its key."
        ),
    )
    path = forms.CharField(
        label=gettext_lazy("Folder"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("From the root: it begins with /"),
    )
    marker = forms.CharField(
        label=gettext_lazy("Ready-marker"),
        max_length=20,
        required=False,
        help_text=gettext_lazy(
            "If the sender puts an empty file beside each whole one: how its name ends, such as .ready. Without "
            "one a file is whole once it has not changed between two looks."
        ),
    )
    afterwards = forms.ChoiceField(
        label=gettext_lazy("Then"),
        required=False,
        choices=lambda: [(str(k), gettext(v)) for k, v in places.AFTERWARDS.items()],
    )

    @staticmethod
    def of(place: Place) -> "PlaceForm":
        """Return the form as the place stands."""
        names = ("kind", "host", "port", "username", "path", "marker", "afterwards")
        return PlaceForm(initial={name: getattr(place, name) or None for name in names})


class ColumnsForm(StyledForm, forms.Form):
    """Which column is which field, and how the file writes what can be written in several ways."""

    def __init__(
        self, *arguments: Any, headings: Sequence[tuple[str, str]], lines: Sequence[tuple[str, str]], **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        for name, each in FIELDS.items():
            known = lines if each.is_of_line else headings
            self.fields[f"column:{name}"] = forms.ChoiceField(
                label=gettext(each.label),
                required=False,
                choices=[("", gettext("(nothing)")), *known],
                help_text=gettext(each.help),
            )
            if name in FOR_ALL:
                self.fields[f"always:{name}"] = forms.CharField(
                    label=gettext("{field}, for all").format(field=gettext(each.label)),
                    required=False,
                    max_length=LONGEST,
                )
        self._habits(headings)
        for field in self.fields.values():
            is_box = isinstance(field, forms.BooleanField)
            field.widget.attrs["class"] = " ".join(CHECKBOX_CLASSES) if is_box else "db-input"

    def _habits(self, headings: Sequence[tuple[str, str]]) -> None:
        columns = forms.Select(choices=[("", gettext("(no column)")), *headings])
        self.fields |= {
            "decimal": forms.ChoiceField(label=gettext("Amounts"), choices=[(".", "1,234.50"), (",", "1.234,50")]),
            "dates": forms.ChoiceField(
                label=gettext("Days"),
                choices=[
                    (Dates.YEAR_FIRST.value, gettext("2026-11-20 only")),
                    (Dates.DAY_FIRST.value, gettext("20/11/2026, the day first")),
                    (Dates.MONTH_FIRST.value, gettext("11/20/2026, the month first")),
                ],
            ),
            "rates": forms.ChoiceField(
                label=gettext("Tax rates"),
                choices=[
                    (Rates.PERCENT.value, gettext("20 means 20 %")),
                    (Rates.FRACTION.value, gettext("0.2 means 20 %")),
                ],
            ),
            "encoding": forms.ChoiceField(
                label=gettext("Encoding"),
                choices=[(key, gettext(word)) for key, word in ENCODINGS.items()],
                required=False,
            ),
            "delimiter": forms.ChoiceField(
                label=gettext("Columns are separated by"),
                choices=[(key, gettext(word)) for key, word in DELIMITERS.items()],
                required=False,
            ),
            "sheet": forms.CharField(label=gettext("Sheet"), max_length=100, required=False),
            "header_row": forms.IntegerField(
                label=gettext("Headings stand in row"),
                min_value=0,
                max_value=MOST_HEADER_ROWS,
                required=False,
                help_text=gettext("0: there are none."),
            ),
            "several_rows": forms.BooleanField(
                label=gettext("Rows that share an order id are lines of one order"), required=False
            ),
            "fill_down": forms.BooleanField(
                label=gettext("A row without an order id belongs to the order above"), required=False
            ),
            "lines_where": forms.CharField(
                label=gettext("A row is a line only where this says something"),
                max_length=LONGEST,
                required=False,
                widget=columns,
                help_text=gettext("For exports with a row for the order itself above, or below, those of its lines."),
            ),
            "lines_in": forms.CharField(
                label=gettext("All lines stand in one cell of"),
                max_length=LONGEST,
                required=False,
                widget=columns,
                help_text=gettext("Press Show what it makes: then what stands in its cells can be matched below."),
            ),
            "orders_path": forms.CharField(label=gettext("Path to an order"), max_length=LONGEST, required=False),
            "lines_path": forms.CharField(label=gettext("From there to its lines"), max_length=LONGEST, required=False),
        }

    def mapping(self) -> ColumnMapping:
        """Return what was said."""
        said = self.cleaned_data
        names = (
            "decimal",
            "sheet",
            "several_rows",
            "fill_down",
            "lines_where",
            "lines_in",
            "orders_path",
            "lines_path",
        )
        return ColumnMapping(
            columns={name: said[f"column:{name}"] for name in FIELDS if said.get(f"column:{name}")},
            constants={
                name: said[f"always:{name}"].strip() for name in FOR_ALL if said.get(f"always:{name}", "").strip()
            },
            dates=Dates(said["dates"]),
            rates=Rates(said["rates"]),
            encoding=said["encoding"] or "utf-8",
            delimiter=said["delimiter"] or ",",
            header_row=said["header_row"] if said["header_row"] is not None else 1,
            **{name: said[name] for name in names},
        )


def said_of(mapping: ColumnMapping) -> Mapping[str, Any]:
    """Return a mapping as the form holds it."""
    kept = mapping.kept()
    said = {f"column:{name}": column for name, column in kept.pop("columns").items()}
    said |= {f"always:{name}": text for name, text in kept.pop("constants").items()}
    return said | {name: str(value) if name in {"dates", "rates"} else value for name, value in kept.items()}
