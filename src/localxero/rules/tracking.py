"""What Xero refuses about tracking categories and their options."""

from collections.abc import Iterator
from dataclasses import dataclass

from localkit.rules import Rule
from localxero.books import Books, fold
from localxero.books.records import Tracking, TrackingCategory, TrackingOption

LONGEST_NAME = 100
MOST_ACTIVE, MOST, MOST_OPTIONS = 2, 4, 100
STATUSES = {"ACTIVE", "ARCHIVED"}


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A tracking category as it stands in the books (or None), and as it would be booked."""

    books: Books
    before: TrackingCategory | None
    after: TrackingCategory


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option of a category as it stands in the books (or None), and as it would be booked."""

    books: Books
    category: TrackingCategory
    before: TrackingOption | None
    after: TrackingOption


def category_name_is_unique(draft: CategoryDraft) -> Iterator[str]:
    """Refuse a category without a name, with one over 100 characters, or with another one's.

    Source: xero-rules.md 5.7, SPEC TrackingCategory.Name (sure on the cap; wording not found)
    """
    name = draft.after.name
    if not name or len(name) > LONGEST_NAME:
        yield "Tracking category name must have 1 to 100 characters"
    if any(
        fold(each.name) == fold(name) and each.category_id != draft.after.category_id
        for each in draft.books.tracking_categories.values()
    ):
        yield "A tracking category with this name already exists"


def categories_are_few(draft: CategoryDraft) -> Iterator[str]:
    """Refuse a third active category, or a fifth with the archived ones.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    others = [each for each in draft.books.tracking_categories.values() if each.category_id != draft.after.category_id]
    active = sum(each.status == "ACTIVE" for each in others)
    if (draft.after.status == "ACTIVE" and active >= MOST_ACTIVE) or len(others) >= MOST:
        yield "The maximum number of tracking categories has been reached"


def category_status_is_one(draft: CategoryDraft) -> Iterator[str]:
    """Refuse a status but ACTIVE and ARCHIVED: deleting is another call.

    Source: SPEC TrackingCategory.Status (sure; wording unsure)
    """
    if draft.after.status not in STATUSES:
        yield "Tracking category status is not valid"


def deleted_category_is_unused(draft: CategoryDraft) -> Iterator[str]:
    """Refuse to delete a category that a line uses.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    if any(each.category_id == draft.after.category_id for each in _used(draft.books)):
        yield "The tracking category is in use and cannot be deleted"


def option_name_is_unique(draft: OptionDraft) -> Iterator[str]:
    """Refuse an option without a name, with one over 100 characters, or with another one's.

    Source: SPEC TrackingOption.Name (sure on the cap; wording not found)
    """
    name = draft.after.name
    if not name or len(name) > LONGEST_NAME:
        yield "Tracking option name must have 1 to 100 characters"
    if any(
        fold(each.name) == fold(name) and each.option_id != draft.after.option_id for each in draft.category.options
    ):
        yield "A tracking option with this name already exists"


def options_are_few(draft: OptionDraft) -> Iterator[str]:
    """Refuse the 101st option of a category.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    if draft.before is None and len(draft.category.options) >= MOST_OPTIONS:
        yield "The maximum number of tracking options has been reached"


def option_status_is_one(draft: OptionDraft) -> Iterator[str]:
    """Refuse a status but ACTIVE and ARCHIVED: deleting is another call.

    Source: SPEC TrackingOption.Status (sure; wording unsure)
    """
    if draft.after.status not in STATUSES:
        yield "Tracking option status is not valid"


def deleted_option_is_unused(draft: OptionDraft) -> Iterator[str]:
    """Refuse to delete an option that a line uses.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    if any(each.option_id == draft.after.option_id for each in _used(draft.books)):
        yield "The tracking option is in use and cannot be deleted"


def _used(books: Books) -> Iterator[Tracking]:
    for document in (*books.invoices.values(), *books.credit_notes.values(), *books.purchase_orders.values()):
        for line in document.lines:
            yield from line.tracking


CATEGORY_RULES: tuple[Rule[CategoryDraft], ...] = (
    category_name_is_unique,
    categories_are_few,
    category_status_is_one,
)
CATEGORY_DELETION_RULES: tuple[Rule[CategoryDraft], ...] = (deleted_category_is_unused,)
OPTION_RULES: tuple[Rule[OptionDraft], ...] = (option_name_is_unique, options_are_few, option_status_is_one)
OPTION_DELETION_RULES: tuple[Rule[OptionDraft], ...] = (deleted_option_is_unused,)
