"""/TrackingCategories and their options (xero-rules.md 5.7)."""

from collections.abc import Sequence

from msgspec.structs import replace

from localkit.answers import Answer
from localkit.journal import Booking
from localkit.json_values import Json
from localkit.rules import Refusal, refusals
from localxero.books import Books
from localxero.books.records import TrackingCategory, TrackingOption
from localxero.endpoints import Route
from localxero.endpoints.reading import envelope, found, listed
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.queries.lists import Listing, flag
from localxero.render import settings as render_settings
from localxero.render.values import messages
from localxero.rules.tracking import (
    CATEGORY_DELETION_RULES,
    CATEGORY_RULES,
    OPTION_DELETION_RULES,
    OPTION_RULES,
    CategoryDraft,
    OptionDraft,
)
from localxero.wire import TrackingCategoryBody, TrackingOptionBody

SCOPES = ("accounting.settings",)
LISTING: Listing[TrackingCategory] = Listing(
    "TrackingCategory",
    {
        "TrackingCategoryID": lambda record: record.category_id,
        "Name": lambda record: record.name,
        "Status": lambda record: record.status,
    },
)


def list_categories(call: Call) -> Answer:
    """List tracking categories; archived ones only when asked for."""
    everything = flag(call.args, "includeArchived")
    with call.books.lock:
        active = None if everything else (lambda record: record.status == "ACTIVE")
        page = listed(call, call.books.tracking_categories.values(), LISTING, tests=(active,))
    shown = [render_settings.tracking_category(each, archived=everything) for each in page.records]
    return envelope(call, "TrackingCategories", shown)


def get_category(call: Call, key: str) -> Answer:
    """Get one tracking category by id."""
    record = found(call.books.tracking_categories.get(key.lower()))
    return envelope(call, "TrackingCategories", [render_settings.tracking_category(record, archived=True)])


def create_category(call: Call) -> Answer:
    """Create one tracking category."""
    return write(call, CATEGORIES)


def change_category(call: Call, key: str) -> Answer:
    """Rename, archive or bring back the tracking category in the path."""
    return write(call, CATEGORIES, found(call.books.tracking_categories.get(key.lower())).category_id)


def book_category(writing: Writing, body: TrackingCategoryBody) -> Outcome:
    """Book one tracking category, or say why not."""
    books = writing.setting.books
    before = books.tracking_categories[writing.target] if writing.target else None
    base = before or TrackingCategory(category_id=books.new_id("tracking category"), name="")
    after = replace(
        base,
        name=(body.name if body.name is not None else base.name).strip(),
        status=(body.status or base.status).upper(),
        options=base.options or tuple(_new_option(books, each) for each in body.options or ()),
    )
    refused = refusals(CATEGORY_RULES, CategoryDraft(books, before, after))
    shown = render_settings.tracking_category(after, archived=True)
    if refused:
        return Outcome(shown, refused)
    books.tracking_categories[after.category_id] = after
    return Outcome(shown, booking=Booking("tracking category", after.category_id, after.name, after.status))


def delete_category(call: Call, key: str) -> Answer:
    """Delete a tracking category that no line uses."""
    books = call.books
    with books.lock:
        record = found(books.tracking_categories.get(key.lower()))
        gone = replace(record, status="DELETED")
        refused = refusals(CATEGORY_DELETION_RULES, CategoryDraft(books, record, gone))
        if refused:
            return _refused(call, render_settings.tracking_category(record), refused)
        del books.tracking_categories[record.category_id]
    call.entry.booked.append(Booking("tracking category", record.category_id, record.name, "DELETED"))
    return envelope(call, "TrackingCategories", [render_settings.tracking_category(gone)])


def _refused(call: Call, element: Json, refused: Sequence[Refusal]) -> Answer:
    call.entry.rules += [{"element": 0, "rule": each.rule, "message": each.message} for each in refused]
    return validation([element | {"ValidationErrors": messages(each.message for each in refused)}])


# Options


def create_options(call: Call, key: str) -> Answer:
    """Add options to a tracking category."""
    return write(call, OPTIONS, found(call.books.tracking_categories.get(key.lower())).category_id)


def change_option(call: Call, key: str, option_id: str) -> Answer:
    """Rename, archive or bring back the option in the path."""
    category = found(call.books.tracking_categories.get(key.lower()))
    option = found(_option(category, option_id.lower()))
    return write(call, OPTIONS, f"{category.category_id}/{option.option_id}")


def book_option(writing: Writing, body: TrackingOptionBody) -> Outcome:
    """Book one option of a tracking category, or say why not."""
    books = writing.setting.books
    category_id, _, option_id = (writing.target or "").partition("/")
    category = books.tracking_categories[category_id]
    before = _option(category, option_id)
    base = before or _new_option(books, body)
    after = replace(
        base,
        name=(body.name if body.name is not None else base.name).strip(),
        status=(body.status or base.status).upper(),
    )
    refused = refusals(OPTION_RULES, OptionDraft(books, category, before, after))
    shown = render_settings.tracking_option(after)
    if refused:
        return Outcome(shown, refused, flags={"HasValidationErrors": True})
    kept = [after if each.option_id == after.option_id else each for each in category.options]
    _keep(books, category, kept if before else [*kept, after])
    return Outcome(shown, booking=Booking("tracking option", after.option_id, after.name, after.status))


def delete_option(call: Call, key: str, option_id: str) -> Answer:
    """Delete an option that no line uses."""
    books = call.books
    with books.lock:
        category = found(books.tracking_categories.get(key.lower()))
        record = found(_option(category, option_id.lower()))
        gone = replace(record, status="DELETED")
        refused = refusals(OPTION_DELETION_RULES, OptionDraft(books, category, record, gone))
        if refused:
            return _refused(call, render_settings.tracking_option(record), refused)
        _keep(books, category, [each for each in category.options if each != record])
    call.entry.booked.append(Booking("tracking option", record.option_id, record.name, "DELETED"))
    return envelope(call, "Options", [render_settings.tracking_option(gone)])


def _keep(books: Books, category: TrackingCategory, options: Sequence[TrackingOption]) -> None:
    books.tracking_categories[category.category_id] = replace(category, options=tuple(options))


def _option(category: TrackingCategory, option_id: str) -> TrackingOption | None:
    return next((each for each in category.options if each.option_id == option_id), None)


def _new_option(books: Books, body: TrackingOptionBody) -> TrackingOption:
    return TrackingOption(option_id=books.new_id("tracking option"), name=(body.name or "").strip())


CATEGORIES = Resource("TrackingCategories", TrackingCategoryBody, book_category, most=1, tells_status=False)
OPTIONS = Resource("Options", TrackingOptionBody, book_option, tells_status=False)
ROUTES = (
    Route("/TrackingCategories", SCOPES, {"GET": list_categories, "PUT": create_category}),
    Route(
        "/TrackingCategories/<key>",
        SCOPES,
        {"GET": get_category, "POST": change_category, "DELETE": delete_category},
    ),
    Route("/TrackingCategories/<key>/Options", SCOPES, {"PUT": create_options}),
    Route(
        "/TrackingCategories/<key>/Options/<option_id>",
        SCOPES,
        {"POST": change_option, "DELETE": delete_option},
    ),
)
