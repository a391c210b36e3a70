"""Where a person lands, and the one-time page with which the first operator makes their account."""

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from daybook.companies import people
from daybook.companies.models import Membership, Person
from daybook.companies.problems import PeopleError
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.web import pages
from daybook.web.forms.people import SetupForm
from daybook.web.reading import places as reading


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the person's only company, or show all of them, what most wants a person first."""
    assert isinstance(request.user, Person)  # noqa: S101  # login_required
    places = list(request.user.memberships.select_related("company")[:2])
    if len(places) == 1:
        return redirect("web:overview", places[0].company.public_id)
    lines = reading.lines(request.user, clock.now()) if places else []
    return pages.render(request, "daybook/home.html", {"title": gettext("Companies"), "lines": lines})


@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first operator and, where they name it, their company. The link works once."""
    if not people.setup_link_works(token):
        raise Http404
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        company = _set_up(form, token)
        if company is not None:
            to = reverse("web:overview", args=[company.company.public_id])
            answer: HttpResponse = perform_login(request, company.person, redirect_url=to)
            return answer
    return pages.render(request, "daybook/setup.html", {"title": gettext("Welcome"), "form": form})


def _set_up(form: SetupForm, token: str) -> Membership | None:
    """Return the new owner's membership; None with the reason on the form."""
    sent = form.cleaned_data
    try:
        person = people.use_setup_link(token, email=sent["email"], password=sent["password"], name=sent["name"])
    except PeopleError as error:
        form.add_error("password" if isinstance(error, people.PasswordRefusedError) else None, retold(str(error)))
        return None
    company = people.create_company(sent["company"], owner=person, by=person)
    return company.memberships.select_related("company", "person").get(person=person)
