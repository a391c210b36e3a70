"""What is known of people's log-ins and one-time links, and for how long."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from daybook.companies.models import AddressChange, Invitation

LINKS_ARE_KEPT = timedelta(days=90)
"""After they ended: so long a question who was invited by whom can be answered."""


def forget_old(now: datetime) -> None:
    """Delete sessions that are over, with the addresses they came from, and links that ended long ago."""
    Session.objects.filter(expire_date__lt=now).delete()
    lives = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(lives)).delete()
    Invitation.objects.filter(expires_at__lt=now - LINKS_ARE_KEPT).delete()
    AddressChange.objects.filter(expires_at__lt=now - LINKS_ARE_KEPT).delete()
