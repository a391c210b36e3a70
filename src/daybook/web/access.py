"""Who may see a page: the company in the address is looked up through the person's own memberships."""

from collections.abc import Callable
from functools import wraps
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from daybook.companies import closed, people, second_factor
from daybook.companies.models import ApiKey, Company, CompanySettings, Membership, Person
from daybook.connections import endpoints, roster
from daybook.connections.models import Connection
from daybook.kit.translation import retold
from daybook.web import pages, ways_back

Role = Membership.Role
READING = frozenset({"GET", "HEAD"})
_ROLE_WORDS = {
    Role.VIEWER: gettext_noop("viewer"),
    Role.CLERK: gettext_noop("clerk"),
    Role.ACCOUNTANT: gettext_noop("accountant"),
    Role.OWNER: gettext_noop("owner"),
}
RANK = {Role.VIEWER: 0, Role.CLERK: 1, Role.ACCOUNTANT: 2, Role.OWNER: 3}


class CompanyRequest(HttpRequest):
    """A request of a person who belongs to the company that the address names."""

    user: Person
    membership: Membership
    company: Company
    """The only one whose rows this request may touch."""
    connection: Connection
    """The one that the address names; the company's first where it names none."""


View = Callable[..., HttpResponse]


def member(role: str = Role.VIEWER, *, to_change: str = "") -> Callable[[View], View]:
    """Let members in whose role is at least `role`; `to_change` is asked of everything but GET.

    Somebody else's company and no company at all answer alike: 404.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, company: str, **arguments: str) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_login(request)
            visit = cast(CompanyRequest, request)
            try:
                place = people.membership(visit.user, company)
            except people.NotFoundError as error:
                raise Http404 from error
            if not hasattr(place.company, "settings"):  # nobody has saved any yet
                CompanySettings.objects.get_or_create(company=place.company)
            if place.company.settings.require_second_factor and not second_factor.is_on(visit.user):
                return factor_missing(visit, place.company)
            visit.membership, visit.company = place, place.company
            visit.connection = _connection_of(visit.company, arguments.pop("connection", ""))
            needed = to_change if to_change and request.method not in READING else role
            if not at_least(visit.membership, needed):
                return too_small(visit, needed)
            if visit.company.is_closed and request.method not in READING:
                return is_closed(visit)
            with timezone.override(zone_of(visit.connection)):
                answer = view(visit, **arguments)
                is_no_page = isinstance(answer, HttpResponseNotAllowed) and request.method in READING
                return _of_forms_only(visit, answer["Allow"]) if is_no_page else answer

        return guarded

    return decorate


def _of_forms_only(request: CompanyRequest, allowed: str) -> HttpResponse:
    """Say to who opens an address that only takes what a form sends, by the browser's history say, where that form is."""
    context = {"title": gettext("Nothing to see here"), "back": ways_back.page_of(request.path)}
    answer = pages.render(request, "daybook/forms_only.html", context, status=405)
    answer["Allow"] = allowed
    return answer


def with_consent(view: View) -> View:
    """Have the address only on connections that a consent reaches: one of order files has no app and no lists. 404.

    Of a ledger that this version does not know nothing can be changed: the page says so.
    """

    @wraps(view)
    def guarded(request: CompanyRequest, **arguments: str) -> HttpResponse:
        if not endpoints.can_be_asked(request.connection):
            raise Http404
        return view(request, **arguments)

    return guarded


def with_folder(view: View) -> View:
    """Have the address only on connections that put order files into a folder. 404."""

    @wraps(view)
    def guarded(request: CompanyRequest, **arguments: str) -> HttpResponse:
        if not endpoints.is_of_files(request.connection):
            raise Http404
        return view(request, **arguments)

    return guarded


def with_mail(view: View) -> View:
    """Have the address only on connections that mail invoices. 404."""

    @wraps(view)
    def guarded(request: CompanyRequest, **arguments: str) -> HttpResponse:
        if not endpoints.is_of_mail(request.connection):
            raise Http404
        return view(request, **arguments)

    return guarded


def _to_login(request: HttpRequest) -> HttpResponse:
    """Lead to the log-in and back to where the person was; what they sent meanwhile waits in their browser."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    if request.method in READING:
        return redirect_to_login(request.get_full_path())
    page = ways_back.page_of(request.path)
    asked = request.GET.copy() if page == request.path else QueryDict(mutable=True)  # which refund, which connection
    asked[ways_back.KEPT] = "1"
    return redirect_to_login(f"{page}?{asked.urlencode()}")


def _connection_of(company: Company, public_id: str) -> Connection:
    """Return the company's connection of this id, its first one for ""; somebody else's and none answer alike: 404."""
    if not public_id:
        return roster.first(company)
    return get_object_or_404(roster.of_company(company), public_id=public_id)


def role_word(role: str) -> str:
    """Return what a sentence calls a role."""
    return gettext(_ROLE_WORDS[Role(role)])


def scope_word(scope: str) -> str:
    """Return what people call what a key opens, without what is explained behind it; as it is where nobody knows it."""
    return str(dict(ApiKey.Scope.choices).get(scope, scope)).partition(":")[0]


def zone_of(connection: Connection) -> ZoneInfo:
    """Return the zone in which pages show times: the organisation's, UTC before one is connected."""
    return ZoneInfo(connection.facts.time_zone or "UTC")


def at_least(membership: Membership, role: str) -> bool:
    """Return whether the membership's role reaches `role`."""
    return RANK[Role(membership.role)] >= RANK[Role(role)]


def may_change(membership: Membership) -> bool:
    """Return whether the member may change documents and settings: nobody may of a company that is closed."""
    return at_least(membership, Role.ACCOUNTANT) and not membership.company.is_closed


def may_prepare(membership: Membership) -> bool:
    """Return whether the member may prepare what others decide: type refunds, upload files, give out what waits."""
    return at_least(membership, Role.CLERK) and not membership.company.is_closed


def is_closed(request: CompanyRequest) -> HttpResponse:
    """Return the page that says until when the company is kept, and who can open it again; nothing was changed."""
    context = {
        "title": gettext("{company} is closed").format(company=request.company),
        "words": retold(closed.words(request.company)),
    }
    return pages.render(request, "daybook/company_closed.html", context, status=403)


def factor_missing(request: HttpRequest, company: Company) -> HttpResponse:
    """Return the page that leads a member to set up the second factor that the company asks of everybody."""
    context = {"title": gettext("Second factor needed"), "asking": company}
    return pages.render(request, "daybook/factor_missing.html", context, status=403)


def too_small(request: CompanyRequest, needed: str) -> HttpResponse:
    """Return the page that says which role it takes and whom to ask."""
    owners = Membership.objects.filter(company=request.company, role=Role.OWNER).select_related("person")
    context = {
        "title": gettext("Not with your role"),
        "needed": role_word(needed),
        "role": role_word(request.membership.role),
        "owners": [owner.person for owner in owners],
    }
    return pages.render(request, "daybook/role_too_small.html", context, status=403)
