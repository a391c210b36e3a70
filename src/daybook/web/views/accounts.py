"""A person's own account, where Daybook does more than allauth: lost passwords, the second factor, the address."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from daybook.companies import addresses, people
from daybook.companies.models import Person
from daybook.companies.problems import PeopleError
from daybook.web import mail, pages
from daybook.web.forms.people import AddressForm
from daybook.web.links import absolute


@require_http_methods(["GET", "POST"])
def signup_is_closed(request: HttpRequest) -> HttpResponse:
    """Say how accounts come about."""
    return render(request, "account/signup_closed.html")


_reset_by_mail = PasswordResetView.as_view()


@never_cache
@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Mail a link to whoever lost their password; where no mail is set up, say whom to ask."""
    if not mail.is_set_up():
        return render(request, "account/password_reset_without_mail.html")
    answer: HttpResponse = _reset_by_mail(request)
    return answer


class ProvingReset(PasswordResetFromKeyView):  # type: ignore[misc]  # allauth carries no types
    """A new password through a mailed link, which also proves whose the address is."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Store the password."""
        people.prove_address(self.reset_user)
        answer: HttpResponse = super().form_valid(form)
        return answer


password_reset_from_key = never_cache(ProvingReset.as_view())


class ActivateForAllSessions(ActivateTOTPView):  # type: ignore[misc]  # allauth carries no types
    """Switches the second factor on; log-ins elsewhere, which were made without it, end."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Store the factor."""
        answer: HttpResponse = super().form_valid(form)
        end_other_sessions(self.request, self.request.user)
        return answer


activate_totp = never_cache(ActivateForAllSessions.as_view())


@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required(app="daybook.address", enabled=lambda request: request.method == "POST")  # type: ignore[untyped-decorator]
def address(request: HttpRequest) -> HttpResponse:
    """Show the person's address; where mail is set up, a POST mails a link to the new one."""
    person = _person(request)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and mail.is_set_up() and form.is_valid() and _mail_link(person, form):
        messages.success(request, f"If {form.cleaned_data['email']} can be your address, a link is on its way to it.")
        return redirect("account_address")
    context = {"title": "E-mail address", "form": form, "has_mail": mail.is_set_up(), "person": person}
    return pages.render(request, "daybook/address.html", context)


def _mail_link(person: Person, form: AddressForm) -> bool:
    email = form.cleaned_data["email"]
    try:
        token = addresses.begin(person, email, person, is_mailed=True)
    except PeopleError as error:
        form.add_error("email", str(error))
        return False
    link = absolute(reverse("account_change_address", args=[token]))
    if not mail.send(email, "Your e-mail address in Daybook", "address", {"link": link, "old": person.email}):
        form.add_error(None, "The mail could not be sent; nothing was changed. Try again later, or ask your operator.")
    return form.is_valid()


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required(app="daybook.address")  # type: ignore[untyped-decorator]  # allauth carries no types
def change_address(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and with a POST give the logged-in person the address that the link names."""
    person = _person(request)
    try:
        change = addresses.find(token, person)
        if request.method == "POST":
            _finish(token, person)
            messages.success(request, f"Your e-mail address is {change.email} now; log in with it from now on.")
            return redirect("account_address")
    except PeopleError as error:
        context = {"title": "E-mail address", "why": str(error)}
        return pages.render(request, "daybook/link_ended.html", context, status=404)
    return pages.render(request, "daybook/address_change.html", {"title": "E-mail address", "change": change})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Show in which language pages and mails speak to the person; a POST keeps their choice, "" for the browser's."""
    person = _person(request)
    if request.method == "POST":
        chosen = request.POST.get("language", "")
        person.language = chosen if chosen in dict(settings.LANGUAGES) else ""
        person.save(update_fields=["language"])
        return redirect("account_language")
    context = {"title": "Language", "person": person, "languages": settings.LANGUAGES}
    return pages.render(request, "daybook/language.html", context)


def _finish(token: str, person: Person) -> None:
    """Tell the old address too, so that nobody loses an account unnoticed."""
    old = addresses.finish(token, person)
    if mail.is_set_up():
        mail.send(old, "Your e-mail address in Daybook was changed", "address_changed", {})


def _person(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)  # noqa: S101  # login_required
    return person
