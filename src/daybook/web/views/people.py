"""People of a company. Owners only; a company never loses its last owner."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from daybook.companies import people
from daybook.companies.models import Company, Membership, Person
from daybook.companies.problems import PeopleError
from daybook.web import pages
from daybook.web.access import CompanyRequest, Role, member
from daybook.web.forms.people import AddPersonForm, RoleForm


@member(Role.OWNER)
@require_http_methods(["GET", "POST"])
def people_page(request: CompanyRequest) -> HttpResponse:
    """List the people; a POST adds one."""
    form = AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _add(request.company, form):
        messages.success(request, f"{form.cleaned_data['email']} belongs to {request.company} now.")
        return redirect("web:people", request.company.public_id)
    context = {
        "title": "People",
        "places": Membership.objects.filter(company=request.company).select_related("person").order_by("person__email"),
        "roles": Membership.Role.choices,
        "form": form,
    }
    return pages.render(request, "daybook/people.html", context)


def _add(company: Company, form: AddPersonForm) -> bool:
    sent = form.cleaned_data
    try:
        people.join(company, _found_or_made(sent), sent["role"])
    except people.PasswordRefusedError as error:
        form.add_error("password", str(error))
    except PeopleError as error:
        form.add_error(None, str(error))
    return form.is_valid()


def _found_or_made(sent: dict[str, str]) -> Person:
    """Whoever has an account keeps their name and password: an owner of one company may not change those."""
    try:
        return people.find_person(sent["email"])
    except people.NotFoundError:
        if not sent["password"]:
            raise people.PasswordRefusedError(
                ["This person has no account here yet: give them a first password."]
            ) from None
        return people.add_person(sent["email"], password=sent["password"], name=sent["name"])


@member(Role.OWNER)
@require_POST
def change_role(request: CompanyRequest, person: int) -> HttpResponse:
    """Give a member another role."""
    place = _place(request, person)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            people.join(request.company, place.person, form.cleaned_data["role"])
            messages.success(request, f"{place.person} is {form.cleaned_data['role']} now.")
        except PeopleError as error:
            messages.error(request, str(error))
    return redirect("web:people", request.company.public_id)


@member(Role.OWNER)
@require_POST
def remove(request: CompanyRequest, person: int) -> HttpResponse:
    """Take a member's place away; their account stays."""
    place = _place(request, person)
    try:
        people.leave(request.company, place.person)
    except PeopleError as error:
        messages.error(request, str(error))
        return redirect("web:people", request.company.public_id)
    messages.success(request, f"{place.person} no longer belongs to {request.company}.")
    return redirect("web:home" if place.person == request.user else "web:people", *_home_or(request, place))


def _home_or(request: CompanyRequest, place: Membership) -> list[str]:
    return [] if place.person == request.user else [request.company.public_id]


def _place(request: CompanyRequest, person: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("person"), company=request.company, person_id=person)
