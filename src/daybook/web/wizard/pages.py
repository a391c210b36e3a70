"""What the pages of the set-up wizard are drawn from: the frame with its progress, and in it a room's form or a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_noop

from daybook.connections import endpoints, permissions, roster
from daybook.connections import standing as standing_of
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.mapping.rules import ProcessMethod
from daybook.web import buttons, pages, titles
from daybook.web.access import CompanyRequest, may_change
from daybook.web.forms.styled import faults_of
from daybook.web.settings import room_pages, rooms
from daybook.web.settings.binding import bind_settings
from daybook.web.settings.connection_forms import AppForm
from daybook.web.settings.form import SettingsForm
from daybook.web.settings.rooms import Room
from daybook.web.wizard import answers, drawing, standing
from daybook.web.wizard.steps import STEPS, Progress, State, Step, Stood

ICONS: Mapping[State, str] = {
    State.DONE: "check_circle",
    State.OPEN: "radio_button_unchecked",
    State.ASIDE: "schedule",
    State.BLOCKED: "lock",
}
_WORDS: Mapping[State, str] = {
    State.DONE: gettext_noop("Done"),
    State.OPEN: gettext_noop("To do"),
    State.ASIDE: gettext_noop("Set aside"),
    State.BLOCKED: gettext_noop("Waits"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A step in the list of them."""

    title: str
    url: str
    state: State
    says: str
    is_here: bool

    @property
    def icon(self) -> str:
        """Return the sign of its state."""
        return ICONS[self.state]

    @property
    def word(self) -> str:
        """Return its state in a word."""
        return gettext(_WORDS[self.state])


class Wizard:
    """One connection's set-up, as of now: its steps, filled with the ledger's title and their addresses."""

    def __init__(self, connection: Connection, here: str = "") -> None:
        self.connection, self._here = connection, here

    @cached_property
    def _progress(self) -> Progress:
        return standing.progress(self.connection)

    @property
    def rows(self) -> list[Row]:
        """Return all steps."""
        return [self._row(each) for each in self._progress.stood]

    @property
    def total(self) -> int:
        """Return how many steps there are."""
        return self._progress.total

    @property
    def done(self) -> int:
        """Return how many of them are done."""
        return self._progress.done

    @property
    def aside(self) -> list[Row]:
        """Return those that were set aside."""
        return [self._row(each) for each in self._progress.aside]

    @property
    def is_over(self) -> bool:
        """Return whether nothing is left to do."""
        return self._progress.is_over

    @property
    def here(self) -> Row | None:
        """Return the step to go on with; None: none is left."""
        return self._row(self._progress.here) if self._progress.here is not None else None

    def of(self, slug: str) -> Row:
        """Return one step."""
        return self._row(self._progress.of(slug))

    def after(self, slug: str) -> str:
        """Return the address to show once a person went past a step: the next that is left, or the end."""
        following = self._progress.after(slug)
        return url(self.connection, following.slug) if following is not None else end(self.connection)

    def before(self, slug: str) -> str:
        """Return the address of the step before; "" before the first."""
        step = self._progress.before(slug)
        return url(self.connection, step.slug) if step is not None else ""

    def _row(self, stood: Stood) -> Row:
        ledger = titles.of(self.connection.ledger)
        return Row(
            title=titles.filled(gettext(stood.step.title), self.connection.ledger),
            url=url(self.connection, stood.slug),
            state=stood.state,
            says=stood.says.replace("{ledger}", ledger),
            is_here=stood.slug == self._here,
        )


def url(connection: Connection, slug: str) -> str:
    """Return the address of a step."""
    return buttons.connection_page(connection, "", "wizard-step", slug)


def as_called_here(words: str, ledger: str) -> str:
    """Return words about connecting with the name that the button has in the wizard."""
    there, here = gettext("Get Access Token"), gettext("Connect to {ledger}").format(ledger=titles.of(ledger))
    typed = gettext("Type the right ones below and press {button}.").format(button=here)
    words = words.replace(retold(standing_of.APP_CURE), typed)
    return words.replace(gettext("Save, then Get Access Token"), there).replace(there, here)


def end(connection: Connection) -> str:
    """Return the address of the page that tells how far the set-up has come."""
    return buttons.connection_page(connection, "", "wizard")


def part_of(connection: Connection, step: Step) -> Room:
    """Return the part of the step's room that it shows."""
    room = rooms.named(step.slug)
    assert room is not None  # noqa: S101  # a step with a form is named after its room
    if step.settings is None:
        return room
    is_tracked = roster.posting_of(connection).process_method == ProcessMethod.TRACKED
    return room.part((*step.settings, *(step.tracked if is_tracked else ())), step.tables)


def show(
    request: CompanyRequest,
    step: Step,
    *,
    settings_form: SettingsForm | None = None,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Return a step's page, with a room's form as it was sent where it holds errors."""
    row = request.connection
    context = frame(request, step)
    if step.is_room:
        part = part_of(row, step)
        form = settings_form or bind_settings(row, room=part)
        proposed = _propose(row, step, form, is_decided=context["here"].state is State.DONE)
        context |= room_pages.of_form(request, part, form, is_sent=settings_form is not None)
        context["is_proposed"] = bool(proposed)
    context |= {**drawing.of_step(request, step.slug), **(extra or {})}
    template = "daybook/wizard/room.html" if step.is_room else f"daybook/wizard/steps/{step.slug}.html"
    return pages.render(request, template, context, status=status)


def show_connect(request: CompanyRequest, step: Step, app_form: AppForm, status: int) -> HttpResponse:
    """Return the first step with its form as it came back with faults."""
    extra = {"app_form": app_form, "faults": faults_of(app_form), "faults_title": gettext("Nothing was saved")}
    return show(request, step, status=status, extra=extra)


def frame(request: CompanyRequest, step: Step | None) -> dict[str, Any]:
    """Return what every page of the wizard is drawn from. `step`: None: the page that tells how far it has come."""
    row = request.connection
    wizard = Wizard(row, step.slug if step else "")
    context = {
        "connection": row,
        "wizard": wizard,
        "title": gettext("Set-up"),
        "may_change": may_change(request.membership) and row.is_ledger_known,
        "asked_anew": [retold(each) for each in permissions.asked_anew(row)] if row.is_connected else [],
        "end": end(row),
        "is_set_up_here": row.public_id,
    }
    if step is None:
        return context
    slugs = [each.url for each in wizard.rows]
    return {
        **context,
        "step": step,
        "is_set_up_here": row.public_id if step.slug not in {"first", "on"} else "",  # what is missing they are about
        "here": wizard.of(step.slug),
        "organisation": _organisation(row),
        "number": slugs.index(url(row, step.slug)) + 1,
        "reason": _reason(row),
        "about": titles.filled(gettext(step.about), row.ledger),
        "waits": titles.filled(gettext(step.waits), row.ledger),
        "back": wizard.before(step.slug),
        "first": url(row, step.needs) if step.needs else "",
        "after": wizard.after(step.slug),
        "extra_template": drawing.EXTRA.get(step.slug, ""),
        "room_url": buttons.room_page(row, step.slug) if step.settings is not None else "",
        "redirect_uri": endpoints.redirect_uri(endpoints.ledger_of(row)) if row.is_ledger_known else "",
    }


def _reason(connection: Connection) -> str:
    """Return why it is not connected, and what to do here; "" where it is, or nobody has tried."""
    if connection.is_connected:
        return ""
    stands = standing_of.blocked(connection, clock.now())
    return as_called_here(retold(stands.words if stands else connection.status_reason), connection.ledger)


def _organisation(connection: Connection) -> str:
    """Return which books are set up, as the ledger says it; "" before one is connected."""
    there = connection.facts
    return " · ".join(filter(None, (there.name, drawing.country(connection), there.base_currency)))


def _propose(connection: Connection, step: Step, form: SettingsForm, *, is_decided: bool) -> Sequence[str]:
    """Put what is proposed into the form's fields, and mark them so; nothing of it is saved before a person sends it."""
    said = answers.proposed(step.slug, standing.stored_answers(connection), standing.known(connection))
    stored = {**standing.stored_settings(connection), **{name: row.tax_type for name, row in form.tax_fields.items()}}
    found = answers.shown(said, stored, standing.usual_settings())
    found |= {name: code for name, code in form.offer.preselected.items() if not stored.get(name)}
    found = {
        name: value
        for name, value in found.items()
        if name in form.fields and _may_propose(name, is_decided=is_decided)
    }
    for name, value in found.items():
        if not form.is_bound:
            form.initial[name] = value
        if str(form[name].value() or "") == value:
            form[name].is_proposed = True  # type: ignore[attr-defined]  # for the template of a field
    return tuple(found)


def _may_propose(name: str, *, is_decided: bool) -> bool:
    """At a step that is decided only what is not decided yet gets a proposal: a rate, or what purchases are taxed with."""
    return not is_decided or name.startswith(("tax-", "new_", "purchase_tax"))


def with_proposals(connection: Connection) -> list[Row]:
    """Return the steps for which the answers propose something that stands in no setting yet."""
    wizard, found = Wizard(connection), []
    for step in STEPS:
        if step.is_room and standing.stored_answers(connection) is not None:
            form = bind_settings(connection, room=part_of(connection, step))
            row = wizard.of(step.slug)
            if _propose(connection, step, form, is_decided=row.state is State.DONE):
                found.append(row)
    return found
