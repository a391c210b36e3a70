"""Where one connection books certain lines, as a person decided it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_noop

from daybook.mapping import posting_rules


def check_tracking(said: object) -> None:
    """Raise ValidationError where that is not at most two options of different categories, as JSON."""
    try:
        posting_rules.read_tracking(said)
    except ValueError as why:
        raise ValidationError(str(why)) from why


def check_when(said: object) -> None:
    """Raise ValidationError, in words for people, where rules cannot ask for that."""
    try:
        posting_rules.read_when(said)
    except ValueError as why:
        raise ValidationError(str(why)) from why


RULE_ITEMS = [
    (posting_rules.Item.STOCK.value, gettext_noop("As the goods are on stock")),
    (posting_rules.Item.NONE.value, gettext_noop("No item")),
]
RULE_TAX_SHAPES = [
    ("", gettext_noop("Borne by the tax rate")),
    (posting_rules.TaxShape.APART.value, gettext_noop("One line of its own for all tax")),
    (posting_rules.TaxShape.APART_BY_NAME.value, gettext_noop("A line of its own for each tax")),
    (
        posting_rules.TaxShape.WITHHELD.value,
        gettext_noop("With the tax, and a line that takes off what the channel keeps"),
    ),
    (posting_rules.TaxShape.LEFT_OUT.value, gettext_noop("Without what the channel keeps")),
]


class PostingRule(models.Model):
    """Where one connection books certain lines: read from the top, before the settings (decision 30)."""

    connection = models.ForeignKey("Connection", on_delete=models.CASCADE, related_name="posting_rules")
    position = models.PositiveIntegerField()
    """The lowest is read first."""
    title = models.CharField(max_length=100, blank=True, default="")
    when = models.JSONField(default=dict, blank=True, validators=[check_when])
    """By fact the values that a line may have (`mapping/posting_rules.py: read_when`); none: any line."""
    account = models.CharField(max_length=10, blank=True, default="")
    """Empty: not set by it."""
    tax_type = models.CharField(max_length=50, blank=True, default="")
    """Empty: not set by it."""
    item = models.CharField(max_length=8, blank=True, default="", db_default="", choices=RULE_ITEMS)
    """Empty: not set by it."""
    tracking = models.JSONField(default=list, blank=True, db_default=[], validators=[check_tracking])
    """At most two options: `[{"category_id", "option_id", "category", "option"}]`, the names as last read."""
    tax_shape = models.CharField(max_length=16, blank=True, default="", db_default="", choices=RULE_TAX_SHAPES)
    """Beside a tax type that bears no tax: what becomes of the lines' tax (`mapping/tax_lines.py`)."""
    tax_account = models.CharField(max_length=10, blank=True, default="", db_default="")
    """Where that puts it."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "position"], name="posting_rule_in_its_place"),
            models.CheckConstraint(
                condition=~models.Q(account="", tax_type="", item="", tracking=[]), name="posting_rule_sets_something"
            ),
        ]

    def __str__(self) -> str:
        return f"rule {self.position} {self.title}".strip()
