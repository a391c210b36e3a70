"""The page of posting rules: made, changed, moved, tried, and refused in words, against a local Xero on a socket."""

import pytest
from django.urls import reverse

from daybook.catalog import refresh
from daybook.catalog.models import TrackingOption
from daybook.connections import rulebook
from daybook.connections.models import LineAccount, PostingRule
from daybook.documents.line_kinds import IN_WORDS, WITH_OWN_ACCOUNT
from daybook.history.models import Event
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.ledgers.lists import ListName
from daybook.orders.models import Order
from daybook.outbox.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
ORDER = {"source": "shop", "dispatched": True, "dispatched_at": "2026-03-02T10:00:00Z", "currency": "GBP"}
MUG = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "25", "tax_rate": "0"}
OWED = {"name": "TVA", "rate": "0", "amount": "0", "liable": "customer"}


def page(name: str, company, *arguments) -> str:
    return reverse(f"web:{name}", args=[company.public_id, *arguments])


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def ruled(cast, position: int, when: dict, **sets) -> PostingRule:
    return PostingRule.objects.create(connection=cast.connection, position=position, when=when, **sets)


def form_of(client, address: str) -> dict:
    """What the rule's form would send as it stands."""
    context = client.get(address).context
    values = {bound.name: bound.value() for bound in context["form"]}
    return {"version": context["version"]} | {name: value for name, value in values.items() if value is not None}


def sent(cast, order_id: str, **changes) -> Entry:
    receive(cast.company, ORDER | {"id": order_id, "lines": [MUG]} | changes)
    return Entry.objects.get(company=cast.company, order=Order.objects.get(company=cast.company, source_id=order_id))


@pytest.fixture
def client(logged_in):
    return logged_in("accountant")


@pytest.fixture
def new(client, acme):
    def add(**values):
        address = page("rule-new", acme.company)
        return client.post(address, form_of(client, address) | values)

    return add


class TestTheTable:
    def test_says_of_every_kind_that_nobody_decided_what_is_usual(self, client, acme):
        LineAccount.objects.filter(connection=acme.connection).delete()
        shown = words(client.get(page("rules", acme.company)))
        for kind in WITH_OWN_ACCOUNT:
            assert f"{IN_WORDS[kind]}: not decided, so their documents wait" in shown


class TestARule:
    def test_is_made_told_and_read_in_words(self, client, acme, new):
        answer = new(title="abroad", country="fr, DE", rate="0", account="200", tax_type="ZERORATEDOUTPUT")
        assert answer.status_code == 302
        (rule,) = rulebook.of(acme.connection)
        assert (rule.position, rule.when) == (1, {"country": ["fr", "DE"], "rate": ["0"]})
        shown = words(client.get(page("rules", acme.company)))
        assert "Any sale sent to France or Germany, at 0 %" in shown
        assert "account 200 Sales" in shown
        told = Event.objects.filter(company=acme.company, after__has_key="rule.1").latest("id")
        assert told.person.email == "accountant@acme.example"
        assert "title: abroad; rate: 0; country: fr, DE; account: 200; tax type: ZERORATEDOUTPUT" in shown

    def test_for_anything_but_some_values_is_made_tried_and_shown_again(self, client, acme, new):
        typed = {"country": "GB IM", "not-country": "on", "rate": "0", "tax_type": "ZERORATEDOUTPUT"}
        sent(acme, "N1", shipping_address={"country_code": "FR"})
        tried = words(new(**typed, then="try", order="N1"))
        assert "Rule 1" in tried
        assert new(**typed).status_code == 302
        (rule,) = rulebook.of(acme.connection)
        assert rule.when == {"country": {"not": ["GB", "IM"]}, "rate": ["0"]}
        form = client.get(page("rule", acme.company, rule.pk)).context["form"]
        assert (form["country"].value(), form["not-country"].value()) == ("GB, IM", True)
        assert "Any sale sent anywhere but to" in words(client.get(page("rules", acme.company)))
        refused = new(**{"not-sku": "on"}, account="200")
        assert refused.status_code == 422
        assert "Anything but what?" in words(refused)

    def test_wakes_what_waits_for_it(self, client, acme, new):
        entry = sent(acme, "W1", lines=[MUG | {"taxes": [OWED]}])
        assert entry.cause == "tax_owed_by_others"
        assert new(liable=["customer"], tax_type="NONE").status_code == 302
        prepare.prepare_company(acme.company.pk)  # the job that was deferred
        entry.refresh_from_db()
        assert entry.state == "ready"
        assert entry.document["lines"][0]["decided_by"]["tax_type"] == "Rule 1"

    def test_is_moved_and_deleted_by_buttons(self, client, acme):
        first, second = ruled(acme, 1, {"country": ["FR"]}, account="200"), ruled(acme, 2, {}, account="260")
        version = client.get(page("rules", acme.company)).context["version"]
        client.post(page("rule-move", acme.company, second.pk), {"version": version, "to": "up"})
        assert [rule.pk for rule in rulebook.of(acme.connection)] == [second.pk, first.pk]
        shown = words(client.get(page("rules", acme.company)))
        assert "Can never apply" in shown
        assert "Rule 1 above is about all of these lines too, and sets the same." in shown
        version = client.get(page("rules", acme.company)).context["version"]
        client.post(page("rule-delete", acme.company, second.pk), {"version": version})
        assert [(rule.pk, rule.position) for rule in rulebook.of(acme.connection)] == [(first.pk, 1)]

    def test_that_can_never_apply_is_said_when_saving(self, client, acme, new):
        ruled(acme, 1, {}, account="200")
        address = page("rule-new", acme.company)
        sent_form = form_of(client, address) | {"country": "FR", "account": "260", "position": "2"}
        assert "Rule 2 can never apply: Rule 1 above" in words(client.post(address, sent_form, follow=True))

    @pytest.mark.parametrize(
        ("values", "fault"),
        [
            ({"account": "999"}, "999 is archived, gone, or not of a kind that can be used here."),
            ({"account": "610"}, "610 is archived, gone, or not of a kind that can be used here."),
            ({"tax_type": "INPUT2"}, "INPUT2 is no tax rate that the organisation uses for sales."),
            ({"rate": "0", "tax_type": "OUTPUT2"}, "It is about lines that bear 0 %, and OUTPUT2 is 20 %."),
            ({"country": "FRANCE", "account": "200"}, "No order names a country FRANCE"),
            ({"rate": "two", "account": "200"}, "is no percentage from 0 to 100"),
            ({"rate": "200", "account": "200"}, "is no percentage from 0 to 100"),
            ({"country": "FR"}, "The rule sets nothing."),
            ({"feed": "nowhere", "account": "200"}, "The company has no feed"),
            ({"kind": ["unicorn"], "account": "200"}, "unicorn"),
            ({"account": "200", "position": "7"}, "7"),
            ({"tax_type": "ZERORATEDOUTPUT", "tax_shape": "apart"}, "names no account for it"),
            (
                {"tax_type": "ZERORATEDOUTPUT", "tax_shape": "left_out"},
                "tax that the sales channel owes, and no other",
            ),
            ({"tax_type": "OUTPUT2", "tax_shape": "apart", "tax_account": "200"}, "need a tax rate of 0 %"),
            ({"sku": "\n".join(f"S{n}" for n in range(201)), "account": "200"}, "1 to 200 texts"),
        ],
    )
    def test_that_cannot_be_is_refused_at_its_field(self, client, acme, new, values, fault):
        answer = new(**values)
        assert answer.status_code == 422
        shown = words(answer).replace("&#x27;", "'")
        assert fault in shown
        assert not rulebook.of(acme.connection)

    def test_of_an_archived_account_shows_so_and_is_not_saved_again(self, client, acme):
        rule = ruled(acme, 1, {}, account="999")
        assert "Cannot be used" in words(client.get(page("rules", acme.company)))
        address = page("rule", acme.company, rule.pk)
        answer = client.post(address, form_of(client, address))
        assert answer.status_code == 422
        assert "999 is archived" in words(answer)


class TestTwoEditorsAtOnce:
    def test_the_second_is_shown_what_the_first_saved(self, client, acme):
        rule = ruled(acme, 1, {"country": ["FR"]}, account="200")
        address = page("rule", acme.company, rule.pk)
        mine = form_of(client, address) | {"account": "260"}
        PostingRule.objects.filter(pk=rule.pk).update(when={"country": ["DE"]})
        answer = client.post(address, mine)
        assert answer.status_code == 409
        assert "sent to Germany" in words(answer)
        assert rulebook.of(acme.connection)[0].account == "200"
        again = client.post(address, mine | {"version": answer.context["version"]})
        assert again.status_code == 302
        assert rulebook.of(acme.connection)[0].account == "260"

    def test_nothing_is_moved_or_deleted_that_was_not_seen(self, client, acme):
        rule = ruled(acme, 1, {"country": ["FR"]}, account="200")
        for name, more in (("rule-delete", {}), ("rule-move", {"to": "up"})):
            answer = client.post(page(name, acme.company, rule.pk), {"version": "of yesterday", **more})
            assert answer.status_code == 409
        assert rulebook.of(acme.connection) == [rule]

    def test_a_rule_that_is_gone_is_said_to_be(self, client, acme):
        typed = {"version": "x", "title": "typed in vain?", "account": "200", "position": "1"}
        answer = client.post(page("rule", acme.company, 4711), typed)
        assert answer.status_code == 404
        assert "the rule that you changed is gone" in words(answer)
        assert "typed in vain?" in words(answer)
        version = answer.context["version"]
        assert client.post(page("rule-delete", acme.company, 4711), {"version": version}).status_code == 404
        assert client.post(page("rule-move", acme.company, 4711), {"version": version}).status_code == 404
        assert client.get(page("rule", acme.company, 4711)).status_code == 404
        assert client.get(page("rule", acme.company, 10**30)).status_code == 404


class TestTryingIt:
    def test_shows_each_field_and_what_decided_it(self, client, acme):
        ruled(acme, 1, {"country": ["FR"]}, title="abroad", account="260")
        sent(acme, "T1", shipping_address={"country_code": "FR"})
        shown = words(client.get(page("rules", acme.company) + "?order=T1"))
        assert "Rule 1 (abroad)" in shown
        assert "Tax rate for 0 %" in shown
        assert "Invoice T1: net 50.00, tax 0.00, gross 50.00 GBP" in shown

    def test_takes_the_unsaved_rule_in_its_place(self, client, acme):
        sent(acme, "T2")
        address = page("rule-new", acme.company)
        form = form_of(client, address) | {"sku": "M*", "account": "260", "order": "T2", "then": "try"}
        answer = client.post(address, form)
        assert answer.status_code == 200
        assert answer.context["trial"].lines[0].account.startswith("260")
        assert not rulebook.of(acme.connection)

    def test_of_an_order_that_is_not_there_says_so(self, client, acme, birch):
        sent(birch, "B1")
        for name in ("nobody", "B1", Order.objects.get(company=birch.company).public_id):
            assert "The company has no order" in words(client.get(page("rules", acme.company), {"order": name}))


class TestAHeldLine:
    def test_offers_the_rule_with_its_facts(self, client, acme):
        entry = sent(acme, "H1", lines=[MUG | {"taxes": [OWED]}], shipping_address={"country_code": "FR"})
        offer = f"{page('rule-new', acme.company)}?order={entry.order.public_id}"
        assert offer in words(client.get(page("document", acme.company, entry.public_id)))
        assert offer in words(client.get(page("order", acme.company, entry.order.public_id)))
        form = client.get(offer).context["form"]
        assert {name: form[name].value() for name in ("kind", "rate", "liable", "country", "tax")} == {
            "kind": ["goods"],
            "rate": "0",
            "liable": ["customer"],
            "country": "FR",
            "tax": "tva",
        }

    def test_of_another_company_is_not_looked_at(self, client, acme, birch):
        entry = sent(birch, "H2", lines=[MUG | {"taxes": [OWED]}])
        answer = client.get(f"{page('rule-new', acme.company)}?order={entry.order.public_id}")
        assert answer.status_code == 200
        assert answer.context["line"] is None
        assert client.get(page("rules", birch.company)).status_code == 404


class TestTracking:
    def test_is_read_when_asked_and_set_by_a_rule(self, client, acme, new):
        refresh.refresh(acme.connection)
        assert not TrackingOption.objects.exists()
        client.post(page("rules-tracking", acme.company))
        option = TrackingOption.objects.get(category="Region", name="North")
        assert new(**{"country": "GB", f"tracking-{option.category_id}": option.option_id}).status_code == 302
        assert "Region: North" in words(client.get(page("rules", acme.company)))
        (rule,) = rulebook.of(acme.connection)
        assert [each["option"] for each in rule.tracking] == ["North"]
        refresh.refresh(acme.connection, resources=[ListName.TRACKING])

    def test_that_was_archived_holds_what_the_rule_decides(self, client, acme, new):
        client.post(page("rules-tracking", acme.company))
        option = TrackingOption.objects.get(category="Region", name="North")
        new(**{f"tracking-{option.category_id}": option.option_id})
        entry = sent(acme, "A1")
        assert entry.document["lines"][0]["tracking"][0]["option"] == "North"
        TrackingOption.objects.filter(pk=option.pk).update(status="ARCHIVED")
        held = sent(acme, "A2")
        assert (held.cause, held.subject) == ("rule_unusable", "Rule 1")
        assert held.detail == "The option North of the tracking category Region is archived or gone."
        TrackingOption.objects.filter(pk=option.pk).update(status="ACTIVE", name="The North")
        prepare.prepare_company(acme.company.pk)
        held.refresh_from_db()
        assert held.document["lines"][0]["tracking"][0]["option"] == "The North"


@pytest.mark.parametrize(
    ("typed", "rates"), [("7,5", ["0.075"]), ("20, 7,5", ["0.2", "0.075"]), ("8.875", ["0.08875"])]
)
def test_a_rate_may_have_a_comma_where_people_write_so(client, new, acme, typed, rates):
    client.post(reverse("account_language"), {"language": "de"})
    new(title="here", rate=typed, account="200")

    assert PostingRule.objects.get(connection=acme.connection).when == {"rate": rates}


def test_viewers_look_and_change_nothing(logged_in, acme):
    rule = ruled(acme, 1, {}, account="200")
    viewer = logged_in("viewer")
    shown = words(viewer.get(page("rules", acme.company)))
    assert "Any sale" in shown
    assert "Delete" not in shown
    assert viewer.get(page("rule-new", acme.company)).status_code == 403
    assert viewer.post(page("rule-delete", acme.company, rule.pk), {"version": "x"}).status_code == 403


class TestAReadyMadeSet:
    def test_is_shown_with_what_it_assumes_and_the_organisation_s_own_rates(self, client, acme):
        answer = client.get(page("rule-set", acme.company, "uk"))
        shown = words(answer)
        assert "The company is registered for VAT in the United Kingdom" in shown
        form = answer.context["form"]
        assert [form[f"tax-{place}"].value() for place in range(4)] == [
            "OUTPUT2",
            "RROUTPUT",
            "ZERORATEDOUTPUT",
            "ZERORATEDOUTPUT",
        ]
        assert not rulebook.of(acme.connection)

    def test_adds_what_was_decided_behind_the_others_and_says_what_was_not(self, client, acme):
        ruled(acme, 1, {"sku": ["BIB"]}, account="260")
        version = client.get(page("rule-set", acme.company, "uk")).context["version"]
        form = {"version": version, "tax-0": "OUTPUT2", "tax-3": "ZERORATEDOUTPUT", "account-3": "260"}
        shown = words(client.post(page("rule-set", acme.company, "uk"), form, follow=True))
        assert "2 rules were added behind the others." in shown
        assert "no rule was made: UK, reduced rate, UK, zero-rated." in shown
        assert [(rule.title, rule.when, rule.account, rule.tax_type) for rule in rulebook.of(acme.connection)[1:]] == [
            ("UK, standard rate", {"country": ["GB", "IM"], "rate": ["0.2"]}, "", "OUTPUT2"),
            ("Exports", {"country": {"not": ["GB", "IM"]}, "rate": ["0"]}, "260", "ZERORATEDOUTPUT"),
        ]

    def test_of_the_one_stop_shop_never_takes_the_home_country_s_rate_by_itself(self, client, acme):
        answer = client.get(page("rule-set", acme.company, "oss"))
        rows = {row.title: row for row in answer.context["form"].drawn}
        assert len(rows) == 27
        assert rows["OSS France"].tax.value() == ""
        assert ("OUTPUT2", "20% (VAT on Income) (20 %)") in rows["OSS France"].tax.field.choices
        assert rows["OSS Hungary"].has_none
        version = answer.context["version"]
        place = next(place for place, line in enumerate(answer.context["form"].lines) if line.title == "OSS Hungary")
        typed = {"version": version, f"rate-{place}": "20", f"tax-{place}": "OUTPUT2"}
        refused = client.post(page("rule-set", acme.company, "oss"), typed | {f"rate-{place}": "27"})
        assert "Choose a tax rate of 27 %" in words(refused)
        assert "20\u00a0%" in refused.content.decode()
        assert client.post(page("rule-set", acme.company, "oss"), typed).status_code == 302
        (rule,) = rulebook.of(acme.connection)
        assert rule.when == {"country": ["HU"], "rate": ["0.2"], "vat_number": [""]}
        answer = client.get(page("rule-set", acme.company, "oss"))
        answer = client.post(page("rule-set", acme.company, "oss"), {"version": answer.context["version"]})
        assert answer.status_code == 422
        assert "Nothing is decided yet" in words(answer)

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"tax-0": "NONE", "tax_shape": "withheld"}, 422),
            ({"tax-0": "OUTPUT2", "tax_shape": "left_out"}, 422),
            ({"tax-0": "NONE", "tax_shape": "apart"}, 422),
            ({"tax-0": "NONE", "tax_shape": "left_out", "country": "FRANCE"}, 422),
            ({"tax-0": "NONE", "tax_shape": "left_out", "version": "of yesterday"}, 409),
        ],
    )
    def test_that_cannot_be_so_adds_nothing(self, client, acme, form, status):
        address = page("rule-set", acme.company, "marketplace")
        version = client.get(address).context["version"]
        assert client.post(address, {"version": version} | form).status_code == status
        assert not rulebook.of(acme.connection)

    def test_for_a_marketplace_is_about_the_channel_and_countries_named(self, client, acme):
        address = page("rule-set", acme.company, "marketplace")
        form = {
            "version": client.get(address).context["version"],
            "tax-0": "ZERORATEDOUTPUT",
            "tax_shape": "withheld",
            "tax_account": "820",
            "channel": "amazon",
            "country": "FR de",
        }
        form["tax_account"] = client.get(address).context["form"].fields["tax_account"].choices[1][0]
        assert client.post(address, form).status_code == 302
        (rule,) = rulebook.of(acme.connection)
        assert rule.when == {"liable": ["channel"], "channel": ["amazon"], "country": ["FR", "de"]}
        assert (rule.tax_shape, rule.tax_account) == ("withheld", form["tax_account"])

    def test_of_no_such_name_is_not_there(self, client, acme):
        assert client.get(page("rule-set", acme.company, "moon")).status_code == 404
