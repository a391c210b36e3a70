"""People of a company. Owners only; a company never loses its last owner, and nobody is added without their consent."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, override
from django.views.decorators.http import require_http_methods, require_POST

from daybook.companies import addresses, invitations, people, second_factor
from daybook.companies.models import CompanySettings, Invitation, Membership, Person
from daybook.companies.problems import PeopleError
from daybook.companies.saving import saving
from daybook.kit.translation import retold
from daybook.web import mail, once, pages
from daybook.web.access import CompanyRequest, Role, member, role_word
from daybook.web.forms.people import AddressForm, InviteForm, RemoveForm, RoleForm
from daybook.web.links import absolute


@member(Role.OWNER)
@require_http_methods(["GET", "POST"])
def people_page(request: CompanyRequest) -> HttpResponse:
    """List the people and the open invitations; a POST invites somebody."""
    form = InviteForm(request.POST or None, initial={"role": Role.VIEWER})
    if request.method == "POST" and form.is_valid() and _invite(request, form):
        return _back(request)
    company = request.company
    context = {
        "title": gettext("People"),
        "places": Membership.objects.filter(company=company).select_related("person").order_by("person__email"),
        "roles": Membership.Role.choices,
        "invitations": invitations.waiting(company),
        "form": form,
        "has_mail": mail.is_set_up(),
        "link": once.take(request, _shown(request)),
        "factor_needed": company.settings.require_second_factor,
        "has_factor": second_factor.is_on(request.user),
    }
    return pages.render(request, "daybook/people.html", context)


def _invite(request: CompanyRequest, form: InviteForm) -> bool:
    """Make the invitation and mail it; its link is shown once where no mail goes out. Accounts make no difference."""
    try:
        made, token = invitations.invite(
            request.company, form.cleaned_data["email"], form.cleaned_data["role"], request.user
        )
    except PeopleError as error:
        form.add_error("email", retold(str(error)))
        return False
    link = absolute(reverse("web:invitation", args=[token]))
    if mail.is_set_up() and _mail(made, link):
        invitations.note_mailed(made)
        messages.success(
            request, gettext("{email} was invited; the link is on its way by mail.").format(email=made.email)
        )
        return True
    if mail.is_set_up():
        messages.warning(request, gettext("The mail could not be sent. Hand the link over yourself."))
    once.keep(request, _shown(request), link)
    return True


def _mail(made: Invitation, link: str) -> bool:
    """Mail the link, in the language that the invited person has chosen here; else in that of whoever invites."""
    chosen = Person.objects.filter(email=made.email).exclude(language="").values_list("language", flat=True).first()
    with override(chosen or get_language()):
        context = {"link": link, "company": made.company, "role": made.get_role_display(), "by": made.invited_by}
        subject = gettext("Invitation to {company} in Daybook").format(company=made.company)
        return mail.send(made.email, subject, "invitation", context)


@member(Role.OWNER)
@require_POST
def withdraw(request: CompanyRequest, invitation: str) -> HttpResponse:
    """End an invitation that nobody has answered."""
    found = get_object_or_404(Invitation, company=request.company, public_id=invitation)
    if invitations.withdraw(found, request.user):
        messages.success(request, gettext("The invitation was withdrawn; its link no longer works."))
    else:
        messages.info(request, gettext("That invitation had ended already."))
    return _back(request)


@member(Role.OWNER)
@require_POST
def change_role(request: CompanyRequest, person: int) -> HttpResponse:
    """Give a member another role."""
    place = _place(request, person)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            people.join(request.company, place.person, form.cleaned_data["role"], by=request.user)
            messages.success(
                request,
                gettext("{person} is {role} now.").format(
                    person=place.person, role=role_word(form.cleaned_data["role"])
                ),
            )
        except PeopleError as error:
            messages.error(request, retold(str(error)))
    return _back(request)


@member(Role.OWNER)
@require_http_methods(["GET", "POST"])
def change_address(request: CompanyRequest, person: int) -> HttpResponse:
    """Make a link with which a member takes another address; where mail is set up they do that without an owner."""
    place = _place(request, person)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and not mail.is_set_up() and form.is_valid():
        try:
            token = addresses.begin(place.person, form.cleaned_data["email"], request.user, is_mailed=False)
            once.keep(request, _shown(request), absolute(reverse("account_change_address", args=[token])))
            return _back(request)
        except PeopleError as error:
            form.add_error("email", retold(str(error)))
    context = {"title": gettext("E-mail address"), "place": place, "form": form, "has_mail": mail.is_set_up()}
    return pages.render(request, "daybook/people_address.html", context)


@member(Role.OWNER)
@require_http_methods(["GET", "POST"])
def remove(request: CompanyRequest, person: int) -> HttpResponse:
    """Ask first, naming the keys that the member made; then take their place away. Their account stays."""
    place = _place(request, person)
    form = RemoveForm(request.POST)
    if request.method == "GET" or not form.is_valid():
        live = people.live_keys(request.company, place.person)
        return pages.render(
            request, "daybook/people_remove.html", {"title": gettext("Remove somebody"), "place": place, "keys": live}
        )
    try:
        revoke_keys = form.cleaned_data["keys"] != "keep"
        ended = people.leave(request.company, place.person, revoke_keys=revoke_keys, by=request.user)
    except PeopleError as error:
        messages.error(request, retold(str(error)))
        return _back(request)
    left = gettext("{person} no longer belongs to {company}.").format(person=place.person, company=request.company)
    revoked = ngettext("{count} API key ended with it.", "{count} API keys ended with it.", ended).format(count=ended)
    messages.success(request, f"{left} {revoked}" if ended else left)
    return redirect("web:home") if place.person == request.user else _back(request)


@member(Role.OWNER)
@require_POST
def require_second_factor(request: CompanyRequest) -> HttpResponse:
    """Ask a second factor of everybody in the company, or no longer; only an owner who has one can ask it."""
    needed = request.POST.get("needed") == "yes"
    if needed and not second_factor.is_on(request.user):
        messages.error(request, gettext("Set up your own second factor first (under your name, Second factor)."))
        return _back(request)
    with transaction.atomic(), saving(request.company, by=request.user):
        CompanySettings.objects.filter(company=request.company).update(require_second_factor=needed)
    messages.success(
        request,
        gettext("Everybody needs a second factor now; who has none is led to set it up.")
        if needed
        else gettext("A second factor is each person's own choice now."),
    )
    return _back(request)


def _shown(request: CompanyRequest) -> str:
    return f"link:{request.company.pk}"


def _back(request: CompanyRequest) -> HttpResponse:
    return redirect("web:people", request.company.public_id)


def _place(request: CompanyRequest, person: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("person"), company=request.company, person_id=person)
