"""The set-up wizard: where a person stands, one step a page, going past it, and setting it aside."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from daybook.companies import keys
from daybook.connections import setting_up
from daybook.web import once, pages, titles
from daybook.web.access import CompanyRequest, Role, at_least, member, with_consent
from daybook.web.forms.opening import OpeningForm
from daybook.web.forms.styled import faults_of
from daybook.web.settings import connection, saving
from daybook.web.settings.form import SettingsForm
from daybook.web.settings.rooms import Room
from daybook.web.settings.saving import Frame
from daybook.web.wizard import making, numbering, standing
from daybook.web.wizard import pages as wizard_pages
from daybook.web.wizard.pages import Wizard
from daybook.web.wizard.steps import STEPS, State, Step

THEN, ASIDE, MAKE = "then", "aside", "make-"
"""The buttons of a step: `then=next` goes past it, `then=aside` sets it aside, `make-FIELD` has an account made,
`then=allow` asks the ledger for the permission that lacks."""


@member()
@with_consent
@require_GET
def home(request: CompanyRequest) -> HttpResponse:
    """Tell how far the set-up has come, and what waits for what was set aside."""
    context = {**wizard_pages.frame(request, None), "proposing": wizard_pages.with_proposals(request.connection)}
    return pages.render(request, "daybook/wizard/home.html", context)


@member(to_change=Role.ACCOUNTANT)
@with_consent
@require_http_methods(["GET", "POST"])
def step(request: CompanyRequest, step: str) -> HttpResponse:
    """Show a step; or save what its form says and go on to the next one that is left."""
    found = next((each for each in STEPS if each.slug == step), None)
    if found is None:
        raise Http404
    if request.method == "GET":
        return wizard_pages.show(request, found)
    return _button(request, found) or _next(request, found)


def _button(request: CompanyRequest, found: Step) -> HttpResponse | None:
    """Do what one of the step's own buttons says; None: it is *Next*, or sets aside what is saved first."""
    then, here = request.POST.get(THEN, ""), wizard_pages.url(request.connection, found.slug)
    match found.slug, then:
        case "connect", "consent":
            return connection.store_app(request)
        case _, "allow":
            return connection.to_consent(request, request.connection)
        case "accounts", _ if then.startswith(MAKE):
            return making.account(request, then.removeprefix(MAKE), here)
        case "contact", "make":
            return making.contact(request, request.POST.get("contact_name", ""), here)
        case "numbers", "check":
            return numbering.check(request, found)
        case "source", "key":
            return _key(request, found)
        case slug, "aside" if slug != "tax":
            return _aside(request, found)
    return None


def _next(request: CompanyRequest, found: Step) -> HttpResponse:
    if found.is_room:
        return saving.save_room(request, wizard_pages.part_of(request.connection, found), _frame(request, found))
    return _opening(request, found) if found.slug == "answers" else _past(request, found)


def _frame(request: CompanyRequest, found: Step) -> Frame:
    is_aside = request.POST.get(THEN) == ASIDE

    def show(request: CompanyRequest, _: Room | None, **named: object) -> HttpResponse:
        return wizard_pages.show(request, found, **named)  # type: ignore[arg-type]  # as `saving` calls it

    def went(request: CompanyRequest, _: Room | None, __: SettingsForm) -> HttpResponse:
        if is_aside:
            return _aside(request, found)
        return _past(request, found)

    def check(form: SettingsForm) -> None:
        if found.slug == "tax" and not is_aside:
            _check_rates(form)
        left = standing.facts_of(request.connection).open.get(found.slug, ()) if found.slug == "currencies" else ()
        if left:
            words = gettext("{ledger} lacks {names}. Add what is missing there and refresh; or set this step aside.")
            ledger = titles.of(request.connection.ledger)
            form.add_error(None, words.format(ledger=ledger, names=", ".join(left)))
        if found.slug == "accounts" and not form.cleaned_data.get("sales_account"):
            form.add_error("sales_account", gettext("Choose an account, have one made, or set this step aside."))
        if found.slug == "contact" and not form.cleaned_data.get("contact_name"):
            form.add_error("contact_name", gettext("Name a contact, have one made, or set this step aside."))

    return Frame(show, went, check)


def _check_rates(form: SettingsForm) -> None:
    """Have every rate decided before a person goes past the tax."""
    undecided = [name for name in form.tax_fields if not form.cleaned_data.get(name)]
    for name in undecided:
        form.add_error(name, gettext("Choose its tax rate; or press “Set aside what is open”."))
    if "purchase_tax_type" in form.fields and not form.cleaned_data.get("purchase_tax_type"):
        form.add_error(
            "purchase_tax_type", gettext("Choose what purchases are taxed with: without it no document is made.")
        )
    if not form.tax_fields and not any(form.tax_choices().values()):
        form.add_error("new_rate", gettext("Type a rate of your orders and choose what it is; or set this step aside."))


def _past(request: CompanyRequest, found: Step) -> HttpResponse:
    """Note that a person went past a step, where that is for a person to say; lead to the next that is left."""
    row = request.connection
    is_blocked = Wizard(row).of(found.slug).state is State.BLOCKED
    if not is_blocked and found.slug not in {"connect", "first", "on", "source"}:
        setting_up.mark(row, found.slug, by=request.user)
    wizard = Wizard(row, found.slug)
    stands = wizard.of(found.slug)
    if stands.state is not State.DONE and not found.is_room:
        messages.warning(request, _not_yet(found, stands.title))
        return redirect(stands.url)
    return redirect(wizard.after(found.slug))


def _not_yet(step: Step, title: str) -> str:
    words = _NOT_YET.get(step.slug)
    return gettext(words) if words else gettext("{step} is not done yet.").format(step=title)


_NOT_YET = {
    "connect": gettext_noop("Not connected yet: fill in Client ID and Client Secret, then press the blue button."),
    "source": gettext_noop(
        "Nothing says yet where orders come from: make a key, set a feed up, upload a file; or set this step aside."
    ),
    "first": gettext_noop("No document was posted by hand yet."),
    "rehearse": gettext_noop("Connect first."),
}


def _aside(request: CompanyRequest, found: Step) -> HttpResponse:
    if not found.waits:
        messages.warning(
            request, gettext("This step cannot be set aside. Leave at any time: you come back to where you were.")
        )
        return redirect(wizard_pages.url(request.connection, found.slug))
    row = request.connection
    left = standing.facts_of(row).open.get(found.slug, ())
    setting_up.mark(row, found.slug, by=request.user, as_=setting_up.ASIDE, of=left)
    wizard = Wizard(row, found.slug)
    stands = wizard.of(found.slug)
    if stands.state is State.ASIDE:
        messages.info(request, gettext("{step} is set aside. {says}").format(step=stands.title, says=stands.says))
    return redirect(wizard.after(found.slug))


def _opening(request: CompanyRequest, found: Step) -> HttpResponse:
    row = request.connection
    form = OpeningForm(request.POST, stored=standing.stored_answers(row))
    if not form.is_valid():
        extra = {"opening": form, "faults": faults_of(form), "faults_title": gettext("A question is open")}
        return wizard_pages.show(request, found, status=422, extra=extra)
    setting_up.answer(row, form.answers().as_stored())
    return _past(request, found)


def _key(request: CompanyRequest, found: Step) -> HttpResponse:
    """Make a key for whoever sends orders, and show it this once, filled into a call."""
    shown = f"wizard:{request.company.pk}"
    if not at_least(request.membership, Role.OWNER):
        messages.warning(request, gettext("An owner of the company makes keys: ask one, under API keys."))
    elif not once.is_kept(request, shown):  # pressed twice: one key
        _, plaintext = keys.create_api_key(request.company, "Orders", request.user, scopes=keys.OF_A_SENDER)
        once.keep(request, shown, plaintext)
    return redirect(wizard_pages.url(request.connection, found.slug))
