"""Webhooks as Xero sends them (xero-rules.md 7): thin signed events, at least once, in no assured order.

watching   which records changed                 events     changes -> events -> payloads, signed; pure
post       subscriptions, what waits, retries    courier    carries what is due; a thread when serving
"""

from localkit.posting import Reply
from localxero.webhooks.courier import Courier
from localxero.webhooks.post import PostOffice, PostOfficeContents, Subscription, SubscriptionError

__all__ = ["Courier", "PostOffice", "PostOfficeContents", "Reply", "Subscription", "SubscriptionError"]
