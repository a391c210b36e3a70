"""Which mails a person gets of each of their companies: their own page, and the link at the end of every mail."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from daybook.alerts import choices as mail_choices
from daybook.alerts.deciding import Digest, Kind
from daybook.alerts.models import AlertMail, MailChoice
from daybook.companies.models import Membership, Person
from daybook.kit import clock
from daybook.web import mail, pages
from daybook.web.listing import asked_for

NEWEST = 10
LONGEST_ID = 32
NAMES = {
    Kind.AT_ONCE: gettext_noop("mails about what needs a person"),
    Kind.WARNING: gettext_noop("warnings"),
    Kind.DIGEST: gettext_noop("summaries"),
}


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Show what the person gets and what was sent to them; a POST keeps the choice for one company."""
    person = request.user
    assert isinstance(person, Person)  # noqa: S101  # login_required
    places = Membership.objects.filter(person=person).select_related("company").order_by("company__name")
    if request.method == "POST":
        place = get_object_or_404(places, company__public_id=asked_for(request.POST, "company", LONGEST_ID))
        _save(request, place)
        return redirect("account_mail")
    sent = AlertMail.objects.filter(membership__person=person).select_related("membership__company")
    context: dict[str, Any] = {
        "title": gettext("Mails to you"),
        "choices": [_choice(place) for place in places],
        "digests": MailChoice.Digests.choices,
        "mails": sent.order_by("-id")[:NEWEST],
        "person": person,
        "has_mail": mail.is_set_up(),
    }
    return pages.render(request, "daybook/mails.html", context)


def _choice(place: Membership) -> MailChoice:
    choice = mail_choices.of_place(place, clock.now())
    choice.membership = place
    return choice


def _save(request: HttpRequest, place: Membership) -> None:
    asked = request.POST.get("digest", "")
    digest = Digest(asked) if asked in set(Digest) else Digest.NEVER
    mail_choices.save(
        place,
        at_once="at_once" in request.POST,
        warnings="warnings" in request.POST,
        digest=digest,
        now=clock.now(),
    )
    messages.success(request, gettext("Kept for {company}.").format(company=place.company))


@never_cache
@csrf_exempt  # mail programs press it for their readers, without our cookies (RFC 8058); the signed link is the proof
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and with a POST stop one kind of mail to one person about one company. Opening the link alone stops nothing."""
    found = mail_choices.behind(token)
    if found is None:
        ended = {
            "title": gettext("Mails"),
            "why": gettext("This link was not made by this Daybook, or you have left the company."),
        }
        return pages.render(request, "daybook/mail_stop.html", ended, status=404)
    choice, kind = found
    if request.method == "POST":
        mail_choices.stop(choice, kind)
    context: dict[str, Any] = {
        "title": gettext("Mails"),
        "company": None,
        "named": choice.membership.company,
        "address": choice.membership.person.email,
        "what": gettext(NAMES[kind]),
        "is_stopped": request.method == "POST",
    }
    return pages.render(request, "daybook/mail_stop.html", context)
