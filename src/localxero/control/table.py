"""Every control: method, path, what it does, what it is sent."""

from localkit.controls import Control, Controls
from localxero.control import bodies, calls
from localxero.gate.faults import FaultRule
from localxero.simulator import Snapshot
from localxero.switches import Switches

GROUPS = {
    **dict.fromkeys(("health", "reset", "seed", "snapshot", "restore"), "state"),
    **dict.fromkeys(("apps", "sign-in", "disconnect"), "apps and consent"),
    "webhook-deliveries": "webhooks",
    **dict.fromkeys(("organisations", "balances"), "books"),
}
JOURNAL = (
    ("path", "only requests whose path begins so"),
    ("method", "only this method"),
    ("since", "only entries after this number"),
    ("limit", "only the last so many"),
    ("bodies", "true: with what was asked and answered, of the last 500 requests"),
)
TABLE = (
    Control("GET", "health", calls.health),
    Control("POST", "reset", calls.reset),
    Control("POST", "seed", calls.reseed, bodies.SeedBody),
    Control("GET", "snapshot", calls.show_snapshot),
    Control("POST", "restore", calls.restore, Snapshot),
    Control("GET", "apps", calls.list_apps),
    Control("POST", "apps", calls.register_app, bodies.AppBody),
    Control("DELETE", "apps/<client_id>", calls.remove_app),
    Control("POST", "sign-in", calls.sign_in, bodies.SignInBody),
    Control("POST", "disconnect", calls.disconnect, bodies.DisconnectBody),
    Control("POST", "merge-contacts", calls.merge_contacts, bodies.MergeBody),
    Control("GET", "clock", calls.show_clock),
    Control("POST", "clock", calls.set_clock, bodies.ClockBody),
    Control("GET", "faults", calls.list_faults),
    Control("POST", "faults", calls.add_faults, FaultRule | list[FaultRule]),
    Control("PUT", "faults", calls.replace_faults, FaultRule | list[FaultRule]),
    Control("DELETE", "faults", calls.clear_faults, None, (("id", "only this rule; all where left out"),)),
    Control("GET", "journal", calls.show_journal, None, JOURNAL),
    Control("DELETE", "journal", calls.clear_journal),
    Control("GET", "limits", calls.show_limits),
    Control("POST", "limits", calls.set_limits, bodies.LimitsBody),
    Control("GET", "switches", calls.show_switches),
    Control("POST", "switches", calls.set_switches, Switches),
    Control("GET", "webhooks", calls.list_webhooks),
    Control("POST", "webhooks", calls.set_webhook, bodies.WebhookBody),
    Control("DELETE", "webhooks/<client_id>", calls.remove_webhook),
    Control("POST", "webhooks/<client_id>/intent", calls.verify_webhook),
    Control("GET", "webhook-deliveries", calls.list_deliveries),
    Control("POST", "webhook-deliveries", calls.deliver_webhooks, bodies.DeliverBody),
    Control("POST", "webhook-deliveries/<int:delivery_id>", calls.repeat_delivery),
    Control("GET", "books/<tenant_id>", calls.show_books),
    Control(
        "GET",
        "balances/<tenant_id>",
        calls.show_balances,
        None,
        (("number", "only of this document and those numbered after it: 1005 and 1005-CR1"),),
    ),
    Control("GET", "organisations/<tenant_id>", calls.show_organisation),
    Control("POST", "organisations/<tenant_id>", calls.set_organisation, bodies.OrganisationBody),
)
CONTROLS = Controls(
    prefix="/_local/",
    table=TABLE,
    title="Controls of the local Xero",
    about="Steers a local Xero, a simulator for tests. Nothing here exists at Xero.",
    groups=GROUPS,
)
