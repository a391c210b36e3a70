"""Addresses of the pages. Everything of a company stands under `/c/{its public id}/`."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from daybook.web.views import (
    connection,
    costs,
    documents,
    home,
    keys,
    orders,
    overview,
    people,
    settings,
)

app_name = "web"


class IdConverter(StringConverter):
    """A public id (kit/ids.py); an address with anything else in its place does not exist."""

    regex = "[A-Za-z0-9]{1,32}"


register_converter(IdConverter, "id")

of_a_company = [
    path("", overview.overview, name="overview"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<id:order>/", orders.order, name="order"),
    path("documents/", documents.documents, name="documents"),
    path("documents/retry/", documents.retry, name="documents-retry"),
    path("documents/<id:document>/", documents.document, name="document"),
    path("documents/<id:document>/retry/", documents.retry_one, name="document-retry"),
    path("documents/<id:document>/cancel/", documents.cancel, name="document-cancel"),
    path("documents/<id:document>/restore/", documents.restore, name="document-restore"),
    path("documents/<id:document>/done/", documents.done, name="document-done"),
    path("banner/", overview.banner, name="banner"),
    path("connection/", connection.connection, name="connection"),
    path("connection/app/", connection.save_app, name="connection-app"),
    path("connection/choose/", connection.choose, name="connection-choose"),
    path("connection/disconnect/", connection.disconnect, name="connection-disconnect"),
    path("connection/refresh/", connection.read_again, name="connection-read-again"),
    path("connection/resume/", connection.resume, name="connection-resume"),
    path("connection/settings/", settings.save, name="settings-save"),
    path("connection/example/", settings.example, name="settings-example"),
    path("connection/kornitx/", settings.save_kornitx, name="settings-kornitx"),
    path("connection/kornitx/callback/", settings.new_callback_url, name="settings-callback"),
    path("costs/", costs.costs, name="costs"),
    path("costs/upload/", costs.upload, name="costs-upload"),
    path("costs/<int:cost>/delete/", costs.delete, name="cost-delete"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<id:key>/revoke/", keys.revoke, name="key-revoke"),
    path("people/", people.people_page, name="people"),
    path("people/<int:person>/role/", people.change_role, name="people-role"),
    path("people/<int:person>/remove/", people.remove, name="people-remove"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("setup/<str:token>", home.setup, name="setup"),
    path("xero/callback", connection.callback, name="callback"),
    path("c/<id:company>/", include(of_a_company)),
]
