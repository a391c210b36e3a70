"""/{Resource}/{id}/Attachments: files as they are, by name or by id (xero-rules.md 5.7)."""

import mimetypes
from functools import partial

from msgspec.structs import replace

from localkit.answers import Answer
from localkit.journal import Booking
from localkit.json_values import Json
from localkit.rules import refusals
from localxero.books.records import Attachment, Note
from localxero.endpoints import Route
from localxero.endpoints.parents import WITH_FILES, Parent, is_sale
from localxero.endpoints.reading import envelope, found
from localxero.gate.calls import Call
from localxero.gate.errors import too_large, validation
from localxero.queries.lists import flag
from localxero.render import documents as render_documents
from localxero.render.values import messages
from localxero.rules.hanging import ATTACHMENT_RULES, AttachmentDraft

SCOPES = ("accounting.attachments",)
# Content types that say nothing of a file: what HTTP libraries send unasked.
MEGABYTE = 1024 * 1024
UNTOLD = {"", "application/octet-stream", "application/x-www-form-urlencoded"}


def list_files(parent: Parent, call: Call, key: str) -> Answer:
    """List the files of a record."""
    record_id = found(parent.find(call.books, key))
    return envelope(call, "Attachments", _shown(parent, call, record_id))


def get_file(parent: Parent, call: Call, key: str, name: str) -> Answer:
    """Get a file itself, by its id or its name."""
    files = call.books.attachments.get(found(parent.find(call.books, key)), ())
    wanted = name.casefold()
    record = found(next((each for each in files if wanted in {each.attachment_id, each.file_name.casefold()}), None))
    return Answer(200, record.content, record.mime_type)


def put_file(parent: Parent, call: Call, key: str, name: str) -> Answer:
    """Hang a file on a record; one of the same name is replaced."""
    books = call.books
    most = (25 if call.state.switches.attachments_up_to_25_mb else 10) * MEGABYTE
    if len(call.request.get_data()) > most:
        call.entry.spoke("file_is_not_huge", f"larger than {most // MEGABYTE} MB (xero-rules.md 11, unsure)")
        return too_large()
    with books.lock:
        record_id = found(parent.find(books, key))
        made = _sent(call, name, is_online=is_sale(books, record_id) and flag(call.args, "IncludeOnline"))
        had = books.attachments.get(record_id, ())
        refused = refusals(ATTACHMENT_RULES, AttachmentDraft(had, made))
        if refused:
            call.entry.rules += [{"element": 0, "rule": each.rule, "message": each.message} for each in refused]
            errors = messages(each.message for each in refused)
            return validation([{"FileName": name, "ValidationErrors": errors}])
        kept = _placed(had, made, new_id=books.new_id("attachment"))
        books.attachments[record_id] = kept
        app = call.state.identity.apps[call.token.grant.client_id].name
        told = f"Attached the file {name} through the Xero API using {app}"
        books.note(record_id, Note(changes="Attached a file", details=told, at_ms=call.state.clock.milliseconds()))
    call.entry.booked.append(Booking("attachment", record_id, name, "ACTIVE"))
    return envelope(call, "Attachments", [each for each in _shown(parent, call, record_id) if each["FileName"] == name])


def _sent(call: Call, name: str, *, is_online: bool) -> Attachment:
    kind = call.request.headers.get("Content-Type", "").partition(";")[0].strip()
    if kind in UNTOLD:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Attachment(
        attachment_id="",
        file_name=name,
        mime_type=kind,
        content=call.request.get_data(),
        include_online=is_online,
    )


def _placed(had: tuple[Attachment, ...], made: Attachment, *, new_id: str) -> tuple[Attachment, ...]:
    same = next((each for each in had if each.file_name.casefold() == made.file_name.casefold()), None)
    if same is None:
        return (*had, replace(made, attachment_id=new_id))
    after = replace(made, attachment_id=same.attachment_id)
    return tuple(after if each is same else each for each in had)


def _shown(parent: Parent, call: Call, record_id: str) -> list[Json]:
    sales = is_sale(call.books, record_id)
    files = call.books.attachments.get(record_id, ())
    return [render_documents.attachment(each, call.books, parent.plural, record_id, sales=sales) for each in files]


ROUTES = tuple(
    route
    for parent in WITH_FILES
    for route in (
        Route(f"/{parent.plural}/<key>/Attachments", SCOPES, {"GET": partial(list_files, parent)}),
        Route(
            f"/{parent.plural}/<key>/Attachments/<name>",
            SCOPES,
            {"GET": partial(get_file, parent), "PUT": partial(put_file, parent), "POST": partial(put_file, parent)},
            answers_files=True,
        ),
    )
)
