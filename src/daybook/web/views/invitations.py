"""What an invited person sees. The link alone shows and declines; accepting takes the account of the invited address."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from daybook.companies import invitations, people
from daybook.companies.models import Invitation, Membership, Person
from daybook.companies.problems import PeopleError
from daybook.kit.translation import retold
from daybook.web import pages
from daybook.web.forms.people import NewAccountForm

TAKEN = gettext_lazy(
    "No account could be made. If you have one for this address already, log in with it; if you do not know its "
    "password, ask whoever runs this Daybook."
)


@never_cache
@require_GET
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show which company and role the invitation is for, and how to answer."""
    try:
        return _show(request, token, invitations.find(token), NewAccountForm())
    except invitations.InvitationError as error:
        return _ended(request, error)


@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Take the place: with the account that is logged in, else with a new one and the password chosen for it."""
    try:
        if isinstance(request.user, Person):
            return _joined(request, invitations.accept(token, request.user))
        return _accept_anew(request, token)
    except invitations.InvitationError as error:
        return _ended(request, error)


def _accept_anew(request: HttpRequest, token: str) -> HttpResponse:
    found, form = invitations.find(token), NewAccountForm(request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            place = invitations.accept_anew(token, password=sent["password"], name=sent["name"])
        except people.PasswordRefusedError as error:
            form.add_error("password", retold(str(error)))
        except people.EmailRefusedError:
            form.add_error(None, TAKEN)
        else:
            answer: HttpResponse = perform_login(request, place.person, redirect_url=_overview(place))
            return answer
    return _show(request, token, found, form, status=422)


@require_POST
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """End the invitation; whoever holds the link may."""
    try:
        found = invitations.decline(token)
    except PeopleError as error:
        return _ended(request, error)
    return _page(request, "ended", {"title": gettext("Declined"), "declined": found})


def _joined(request: HttpRequest, place: Membership) -> HttpResponse:
    messages.success(request, gettext("You belong to {company} now.").format(company=place.company))
    return redirect(_overview(place))


def _overview(place: Membership) -> str:
    return reverse("web:overview", args=[place.company.public_id])


def _show(
    request: HttpRequest, token: str, found: Invitation, form: NewAccountForm, *, status: int = 200
) -> HttpResponse:
    person = request.user if isinstance(request.user, Person) else None
    context = {
        "title": gettext("Invitation"),
        "invitation": found,
        "token": token,
        "form": form,
        "is_theirs": person is not None and person.email == found.email,
        "here": reverse("web:invitation", args=[token]),
    }
    return _page(request, "page", context, status=status)


def _ended(request: HttpRequest, error: PeopleError) -> HttpResponse:
    return _page(request, "ended", {"title": gettext("Invitation"), "why": retold(str(error))}, status=404)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    return pages.render(request, f"daybook/invitation/{template}.html", context, status=status)
