"""Addresses of the pages. Everything of a company stands under `/c/{its public id}/`."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from daybook.connections import endpoints
from daybook.ledgers.registry import LEDGERS
from daybook.sources.registry import SOURCES
from daybook.web.settings import connection, feeds, files, restored, saving, stopping
from daybook.web.views import (
    closing,
    comparing,
    costs,
    documents,
    home,
    invitations,
    keys,
    looking,
    orders,
    overview,
    people,
)

app_name = "web"


class IdConverter(StringConverter):
    """A public id (kit/ids.py); an address with anything else in its place does not exist."""

    regex = "[A-Za-z0-9]{1,32}"


class SourceConverter(StringConverter):
    """The name of a source whose feeds have addresses; an address with anything else in its place does not exist."""

    def to_python(self, value: str) -> str:
        """Return the name. Raises ValueError, Django's sign for no match."""
        if value not in SOURCES or not SOURCES[value].doors:
            raise ValueError(value)
        return value


register_converter(IdConverter, "id")
register_converter(SourceConverter, "source")

of_a_connection: list[URLPattern | URLResolver] = [
    path("", connection.connection, name="connection"),
    path("app/", connection.save_app, name="connection-app"),
    path("choose/", connection.choose, name="connection-choose"),
    path("disconnect/", connection.disconnect, name="connection-disconnect"),
    path("close/", connection.close, name="connection-close"),
    path("refresh/", connection.read_again, name="connection-read-again"),
    path("resume/", connection.resume, name="connection-resume"),
    path("stop/", stopping.stop, name="connection-stop"),
    path("lift/", stopping.lift, name="connection-lift"),
    path("adopt/", restored.adopt, name="connection-adopt"),
    path("dismiss/", restored.dismiss, name="connection-dismiss"),
    path("files/", files.save, name="files-save"),
    path("files/check/", files.check, name="files-check"),
    path("files/trust/", files.trust, name="files-trust"),
    path("files/disconnect/", files.disconnect, name="files-disconnect"),
    path("settings/", saving.save, name="settings-save"),
    path("example/", saving.example, name="settings-example"),
]
"""Under the plain address those of the company's first one, under `connections/{its public id}/` those of each."""
of_a_company: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="overview"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<id:order>/", orders.order, name="order"),
    path("orders/<id:order>/date/", orders.save_date, name="order-date"),
    path("documents/", documents.documents, name="documents"),
    path("documents/retry/", documents.retry, name="documents-retry"),
    path("documents/<id:document>/", documents.document, name="document"),
    path("documents/<id:document>/retry/", documents.retry_one, name="document-retry"),
    path("documents/<id:document>/cancel/", documents.cancel, name="document-cancel"),
    path("documents/<id:document>/settle/", documents.settle, name="document-settle"),
    path("documents/<id:document>/look/", looking.at_one, name="document-look"),
    path("look/", looking.at_all, name="look"),
    path("reconciliation/", comparing.compare, name="reconciliation"),
    path("documents/<id:document>/restore/", documents.restore, name="document-restore"),
    path("documents/<id:document>/done/", documents.done, name="document-done"),
    path("documents/<id:document>/again/", documents.send_anew, name="document-again"),
    path("banner/", overview.banner, name="banner"),
    path("connection/<source:source>/", feeds.save_own, name="feed-own"),
    path("connection/<source:source>/<slug:field>/", feeds.make_own_secret, name="feed-own-secret"),
    path("connection/feeds/", feeds.add, name="feeds-add"),
    path("connection/feeds/<id:feed>/", feeds.save, name="feed"),
    path("connection/feeds/<id:feed>/rules/", feeds.save_rules, name="feed-rules"),
    path("connection/feeds/<id:feed>/close/", feeds.close, name="feed-close"),
    path("connection/feeds/<id:feed>/open/", feeds.reopen, name="feed-open"),
    path("connection/feeds/<id:feed>/<slug:field>/new/", feeds.make_secret, name="feed-secret"),
    path("connection/", include(of_a_connection)),
    path("connections/add/", connection.add, name="connection-add"),
    path("connections/<id:closed>/reopen/", connection.reopen, name="connection-reopen"),
    path("connections/<id:connection>/", include(of_a_connection)),
    path("costs/", costs.costs, name="costs"),
    path("costs/upload/", costs.upload, name="costs-upload"),
    path("costs/<int:cost>/delete/", costs.delete, name="cost-delete"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<id:key>/revoke/", keys.revoke, name="key-revoke"),
    path("company/", closing.company, name="company"),
    path("company/export/", closing.export, name="company-export"),
    path("company/close/", closing.close, name="company-close"),
    path("company/keep-open/", closing.keep_open, name="company-keep-open"),
    path("people/", people.people_page, name="people"),
    path("people/<int:person>/role/", people.change_role, name="people-role"),
    path("people/<int:person>/remove/", people.remove, name="people-remove"),
    path("people/<int:person>/address/", people.change_address, name="people-address"),
    path("people/invitations/<id:invitation>/withdraw/", people.withdraw, name="people-withdraw"),
    path("people/second-factor/", people.require_second_factor, name="people-second-factor"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("setup/<str:token>", home.setup, name="setup"),
    path("invitation/<str:token>", invitations.invitation, name="invitation"),
    path("invitation/<str:token>/accept", invitations.accept, name="invitation-accept"),
    path("invitation/<str:token>/decline", invitations.decline, name="invitation-decline"),
    *(
        path(endpoints.callback_path(each).lstrip("/"), connection.callback, {"ledger": each.name})
        for each in LEDGERS.values()
        if each.consent is not None
    ),
    path("c/<id:company>/", include(of_a_company)),
]
