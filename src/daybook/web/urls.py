"""Addresses of the pages. Everything of a company stands under `/c/{its public id}/`."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from daybook.connections import endpoints
from daybook.ledgers.registry import LEDGERS
from daybook.sources.registry import SOURCES
from daybook.web import spreadsheets
from daybook.web.settings import (
    clearing,
    connection,
    currencies,
    feed_acts,
    feeds,
    files,
    gateway_fees,
    mail,
    picking,
    restored,
    rule_sets,
    rules,
    saving,
    stopping,
)
from daybook.web.views import (
    approving,
    closing,
    comparing,
    costs,
    documents,
    dry_run,
    files_in,
    home,
    inbox,
    invitations,
    keys,
    log,
    looking,
    mails,
    needs,
    orders,
    overview,
    payments,
    people,
    proving,
    saved_views,
    tour,
)
from daybook.web.wizard import views as wizard

app_name = "web"


class IdConverter(StringConverter):
    """A public id (kit/ids.py); an address with anything else in its place does not exist."""

    regex = "[A-Za-z0-9]{1,32}"


class SourceConverter(StringConverter):
    """The name of a source whose feeds have addresses; an address with anything else in its place does not exist."""

    def to_python(self, value: str) -> str:
        """Return the name. Raises ValueError, Django's sign for no match."""
        if value not in SOURCES or not SOURCES[value].is_added:
            raise ValueError(value)
        return value


class FormConverter(StringConverter):
    """The form of a file: csv or xlsx."""

    regex = "|".join(spreadsheets.MOST)


register_converter(FormConverter, "form")
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
    path("switch-on/", approving.switch_on, name="switch-on"),
    path("stop/", stopping.stop, name="connection-stop"),
    path("lift/", stopping.lift, name="connection-lift"),
    path("adopt/", restored.adopt, name="connection-adopt"),
    path("dismiss/", restored.dismiss, name="connection-dismiss"),
    path("files/", files.save, name="files-save"),
    path("files/looks/", files.save_looks, name="files-looks"),
    path("files/preview/", files.preview, name="files-preview"),
    path("files/check/", files.check, name="files-check"),
    path("files/trust/", files.trust, name="files-trust"),
    path("files/disconnect/", files.disconnect, name="files-disconnect"),
    path("mail/", mail.save, name="mail-save"),
    path("mail/preview/", mail.preview, name="mail-preview"),
    path("mail/check/", mail.check, name="mail-check"),
    path("mail/disconnect/", mail.disconnect, name="mail-disconnect"),
    path("settings/", saving.save, name="settings-save"),
    path("rooms/<slug:room>/", saving.room, name="settings-room"),
    path("rooms/<slug:room>/restore/", saving.restore, name="settings-restore"),
    path("set-up/", wizard.home, name="wizard"),
    path("set-up/<slug:step>/", wizard.step, name="wizard-step"),
    path("example/", saving.example, name="settings-example"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.new, name="rule-new"),
    path("rules/tracking/", rules.read_tracking, name="rules-tracking"),
    path("rules/sets/<slug:name>/", rule_sets.show, name="rule-set"),
    path("rules/<int:rule>/", rules.edit, name="rule"),
    path("rules/<int:rule>/delete/", rules.delete, name="rule-delete"),
    path("rules/<int:rule>/move/", rules.move, name="rule-move"),
    path("contacts/", picking.pick, name="contacts-pick"),
    path("currencies/", currencies.add, name="currency-add"),
    path("gateways/<int:gateway>/account/", clearing.account, name="gateway-account"),
    path("gateways/<int:gateway>/fees/", gateway_fees.fees, name="gateway-fees"),
]
"""Under the plain address those of the company's first one, under `connections/{its public id}/` those of each."""
of_a_company: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="overview"),
    path("needs/", needs.needs, name="needs"),
    path("needs/<slug:cause>/", needs.group, name="needs-group"),
    path("orders/", orders.orders, name="orders"),
    path("orders/file.<form:form>", orders.as_file, name="orders-file"),
    path("orders/<id:order>/", orders.order, name="order"),
    path("orders/<id:order>/refund/", orders.refund, name="order-refund"),
    path("orders/<id:order>/same-sale/", orders.same_sale, name="order-same-sale"),
    path("orders/<id:order>/date/", orders.save_date, name="order-date"),
    path("documents/", documents.documents, name="documents"),
    path("documents/file.<form:form>", documents.as_file, name="documents-file"),
    path("documents/retry/", documents.retry, name="documents-retry"),
    path("documents/<id:document>/", documents.document, name="document"),
    path("documents/<id:document>/retry/", documents.retry_one, name="document-retry"),
    path("documents/<id:document>/preview/", documents.preview, name="document-preview"),
    path("documents/<id:document>/keep/", documents.keep, name="document-keep"),
    path("documents/<id:document>/cancel/", documents.cancel, name="document-cancel"),
    path("documents/<id:document>/settle/", documents.settle, name="document-settle"),
    path("documents/<id:document>/approve/", approving.approve, name="document-approve"),
    path("documents/<id:document>/look/", looking.at_one, name="document-look"),
    path("look/", looking.at_all, name="look"),
    path("views/", saved_views.save, name="view-save"),
    path("views/<int:view>/delete/", saved_views.delete, name="view-delete"),
    path("dry-run/", dry_run.page, name="dryrun"),
    path("dry-run/file.<form:form>", dry_run.as_file, name="dryrun-file"),
    path("payments/", payments.payments, name="payments"),
    path("payments/month/", payments.month_end, name="payments-month"),
    path("proof/", proving.proof, name="proof"),
    path("proof/file/", proving.proof_file, name="proof-file"),
    path("reconciliation/", comparing.compare, name="reconciliation"),
    path("documents/<id:document>/restore/", documents.restore, name="document-restore"),
    path("documents/<id:document>/done/", documents.done, name="document-done"),
    path("documents/<id:document>/again/", documents.send_anew, name="document-again"),
    path("banner/", overview.banner, name="banner"),
    path("feeds/", feed_acts.all_feeds, name="feeds"),
    path("feeds/add/", feeds.add, name="feeds-add"),
    path("feeds/new/<source:source>/", feed_acts.set_up, name="feed-set-up"),
    path("feeds/<id:feed>/", feed_acts.page, name="feed-page"),
    path("feeds/<id:feed>/settings/", feeds.save, name="feed"),
    path("feeds/<id:feed>/rules/", feeds.save_rules, name="feed-rules"),
    path("feeds/<id:feed>/close/", feeds.close, name="feed-close"),
    path("feeds/<id:feed>/open/", feeds.reopen, name="feed-open"),
    path("feeds/<id:feed>/<slug:field>/new/", feeds.make_secret, name="feed-secret"),
    path("feeds/<id:feed>/test/", feed_acts.test, name="feed-test"),
    path("feeds/<id:feed>/pull/", feed_acts.pull, name="feed-pull"),
    path("feeds/<id:feed>/pause/", feed_acts.pause, name="feed-pause"),
    path("feeds/<id:feed>/resume/", feed_acts.resume, name="feed-resume"),
    path("feeds/<id:feed>/backfill/", feed_acts.backfill, name="feed-backfill"),
    path("feeds/<id:feed>/backfill/stop/", feed_acts.stop_backfill, name="feed-backfill-stop"),
    path("feeds/<id:feed>/backfill/continue/", feed_acts.go_on, name="feed-backfill-continue"),
    path("feeds/<id:feed>/pair/", feed_acts.pair, name="feed-pair"),
    path("feeds/<id:feed>/brings/", feed_acts.brings, name="feed-brings"),
    path("feeds/<id:feed>/<slug:field>/end/", feed_acts.end_overlap, name="feed-end-overlap"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/keep/", inbox.keep, name="inbox-keep"),
    path("inbox/several/", inbox.several, name="inbox-several"),
    path("inbox/<int:delivery>/", inbox.delivery, name="delivery"),
    path("inbox/<int:delivery>/raw/", inbox.download, name="delivery-raw"),
    path("inbox/<int:delivery>/replay/", inbox.replay, name="delivery-replay"),
    path("inbox/<int:delivery>/aside/", inbox.put_aside, name="delivery-aside"),
    path("connection/", include(of_a_connection)),
    path("connections/add/", connection.add, name="connection-add"),
    path("connections/<id:closed>/reopen/", connection.reopen, name="connection-reopen"),
    path("connections/<id:connection>/", include(of_a_connection)),
    path("files/", files_in.page, name="filesin"),
    path("files/add/", files_in.add, name="filesin-add"),
    path("files/upload/", files_in.upload, name="filesin-upload"),
    path("files/feeds/<id:feed>/", files_in.feed, name="filesin-feed"),
    path("files/feeds/<id:feed>/test/", files_in.test, name="filesin-test"),
    path("files/feeds/<id:feed>/trust/", files_in.trust, name="filesin-trust"),
    path("files/<id:file>/", files_in.file, name="filesin-file"),
    path("files/<id:file>/columns/", files_in.columns, name="filesin-columns"),
    path("files/<id:file>/take/", files_in.take, name="filesin-take"),
    path("files/<id:file>/aside/", files_in.aside, name="filesin-aside"),
    path("files/<id:file>/refused/", files_in.refused, name="filesin-refused"),
    path("files/<id:file>/original/", files_in.original, name="filesin-original"),
    path("costs/", costs.costs, name="costs"),
    path("costs/upload/", costs.upload, name="costs-upload"),
    path("costs/<int:cost>/delete/", costs.delete, name="cost-delete"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<id:key>/revoke/", keys.revoke, name="key-revoke"),
    path("tour/", tour.tour, name="tour"),
    path("log/", log.log, name="log"),
    path("log/file/", log.as_file, name="log-file"),
    path("log/verify/", log.verify, name="log-verify"),
    path("log/head/", log.compare_head, name="log-head"),
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
    path("mail/stop/<str:token>", mails.stop, name="mail-stop"),
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
