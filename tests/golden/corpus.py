"""The orders that go in: those that other tests carry, and many that a dice made."""

import json
import random
from decimal import ROUND_HALF_UP, Decimal

from tests import outside
from tests.golden.playing import FILE, Delivery, Group, called_back, pushed, rounds, sent
from tests.golden.writing import elements
from tests.integration import test_awkward_money, test_goods_and_numbers, test_open_questions
from tests.integration.awkward.test_days import mug
from tests.integration.awkward.test_money import BRITISH, inclusive, line, sale
from tests.integration.posting.test_killed_worker import one_mug
from tests.integration.test_goods_and_numbers import order
from tests.integration.test_orders_become_documents import kornitx_push, shop_order

Json = dict[str, object]
CARRIAGE = {"price": 4, "price_inc_tax": "4.8", "tax_rate": "0.2"}
CHEAP_BADGES = [{"id": name, "quantity": 1, "unit_price_inc_tax": 2, "tax_rate": "0.2"} for name in "ABC"]


def awkward(name: str, *lines: Json, **more: object) -> Json:
    """An order such as those of `test_awkward_money`."""
    return test_awkward_money.ORDER | {"id": name, "lines": list(lines)} | more


def goods(price: object, **more: object) -> Json:
    """A line such as those of `test_goods_and_numbers`."""
    return test_goods_and_numbers.line(price, **more)


def sample(name: str) -> object:
    return json.loads((outside.SAMPLES / f"{name}.json").read_text())


def imported(name: str) -> tuple[Delivery, ...]:
    """The orders of one of the demo's files, as `daybook import` takes them."""
    text = (outside.SAMPLES / f"{name}.json").read_text()
    return tuple(Delivery(FILE, each) for each in elements(text))


def cent(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def odd_order(dice: random.Random, serial: int, rates: tuple[str, ...], currencies: tuple[str, ...]) -> Json:
    """An order of any habit: prices with or without tax or both, discounts, carriage, lines below zero, totals or none.

    Not all of them add up, on purpose: what is held must stay held, with the same words.
    """
    habit = dice.choice(("net", "inc", "both", "tax"))
    lines = [_odd_line(dice, f"{serial}-{place}", habit, rates) for place in range(dice.randint(1, 6))]
    made: Json = {
        "source": "odd", "id": f"O{serial}", "number": f"ODD-{serial:03}", "currency": dice.choice(currencies) or None,
        "external_ref": f"WEB {serial}", "dispatched": True,
        "dispatched_at": f"2026-0{dice.randint(2, 9)}-1{dice.randint(0, 9)}T12:00:00Z",
        "lines": lines,
    }  # fmt: skip
    if dice.random() < 0.5:
        made["shipping"] = _odd_carriage(dice, rates)
    if dice.random() < 0.2:
        made["exchange_rate"] = str(Decimal(dice.randint(9_000, 16_000)) / 10_000)
    if dice.random() < 0.3:
        made["customer"] = {"company": f"Company {serial}", "name": f"Person {serial}"}
    if dice.random() < 0.5:
        made["totals"] = _totals(dice, lines, made.get("shipping"))
    return made


def _odd_line(dice: random.Random, name: str, habit: str, rates: tuple[str, ...]) -> Json:
    rate = Decimal(dice.choice(rates))
    places = dice.choice((2, 2, 2, 3, 4))
    price = Decimal(dice.randint(1, 20_000)) / 10**places
    quantity = Decimal(dice.choice(("1", "1", "2", "3", "7", "12", "0.5", "2.25")))
    made: Json = {
        "id": name,
        "sku": f"ODD-{dice.randint(1, 30)}",
        "description": f"Thing {name}",
        "quantity": str(quantity),
    }
    if habit in {"net", "both", "tax"}:
        made["unit_price"] = str(price)
    if habit in {"inc", "both"}:
        made["unit_price_inc_tax"] = str(cent(price * (1 + rate)))
    if habit == "tax":
        made["tax_amount"] = str(cent(price * quantity * rate))
    if habit != "tax" or dice.random() < 0.5:
        made["tax_rate"] = str(rate)
    if dice.random() < 0.15:
        made["discount"] = str(cent(price * quantity / dice.choice((3, 4, 10))))
    if dice.random() < 0.05:
        made |= {key: f"-{made[key]}" for key in ("unit_price", "unit_price_inc_tax", "tax_amount") if key in made}
    return made | {"unit_cost": str(cent(price / 3))}


def _odd_carriage(dice: random.Random, rates: tuple[str, ...]) -> object:
    rate, price = Decimal(dice.choice(rates)), Decimal(dice.randint(100, 900)) / 100
    whole = {"price": str(price), "price_inc_tax": str(cent(price * (1 + rate)))}
    kinds = (
        whole | {"tax_rate": str(rate)},
        whole,
        {"price": str(price)},
        {"price_inc_tax": whole["price_inc_tax"]},
        [{"price": str(price), "tax_rate": str(rate)}, {"price": "1.50", "tax_rate": "0", "description": "Insurance"}],
    )
    return dice.choice(kinds)


def _totals(dice: random.Random, lines: list[Json], shipping: object) -> Json:
    """What the sender says that it comes to: right, a cent beside it, or rounded for cash."""
    net = tax = Decimal(0)
    carried = shipping if isinstance(shipping, list) else [shipping] if shipping else []
    for each in [*lines, *carried]:
        quantity, rate = Decimal(str(each.get("quantity", 1))), Decimal(str(each.get("tax_rate", "0.2")))
        off = Decimal(str(each.get("discount", 0)))
        without = each.get("unit_price", each.get("price"))
        with_tax = each.get("unit_price_inc_tax", each.get("price_inc_tax"))
        amount = Decimal(str(without)) if without is not None else Decimal(str(with_tax)) / (1 + rate)
        net += cent(amount * quantity - off)
        tax += cent((amount * quantity - off) * rate)
    tax += dice.choice((Decimal(0), Decimal(0), Decimal("0.01"), Decimal("-0.01")))
    stated = {"net": str(net), "tax": str(tax), "gross": str(net + tax)}
    return stated if dice.random() < 0.7 else {"gross": stated["gross"]}


def odd_orders(seed: int, count: int, rates: tuple[str, ...], currencies: tuple[str, ...]) -> tuple[Delivery, ...]:
    dice = random.Random(seed)
    return sent(*(odd_order(dice, serial, rates, currencies) for serial in range(1, count + 1)))


def shop_orders(seed: int, count: int) -> tuple[Delivery, ...]:
    dice = random.Random(seed)
    return sent(*(shop_order(dice, serial) for serial in range(1, count + 1)))


def pushes(seed: int, count: int) -> tuple[Delivery, ...]:
    dice = random.Random(seed)
    return pushed(*(kornitx_push(dice, serial) for serial in range(1, count + 1)))


BRITISH_MORE = (
    sale("TEXTS", line("10.00") | {"description": "Salt &amp; pepper &ndash; 2&nbsp;pc"}),
    sale("YEN-ALONE", inclusive("333", "0.1"), inclusive("1250", "0.1"), currency="JPY"),
    sale("GOODWILL", line("25.00", quantity=2), net="45.00", tax="9.00", gross="54.00"),
    sale("TWINS", line("10.00", id="77"), line("10.00", id="77")),
    sale("RIBBON", line("1.99", quantity="0.5"), net="0.995", tax="0.199", gross="1.194"),
    sale("KRONER", inclusive("129.00", "0.25", 3), currency="DKK"),
    sale("NO-CURRENCY", line("10.00"), currency="SEK"),
    sale("NEW-RATE", line("10.00", "0.13")),
)
MONEY = (
    awkward("S2", test_awkward_money.MUG | {"quantity": 1, "unit_price": "10"}, test_awkward_money.BOOK,
            shipping={"price": "4.00", "price_inc_tax": "4.20"}),
    awkward("S3", test_awkward_money.MUG, test_awkward_money.BOOK,
            shipping=[{"price": "1.00", "tax_rate": "0.2", "description": "Courier"},
                      {"price": "3.00", "tax_rate": "0"}]),
    awkward("N1", test_awkward_money.MUG,
            {"description": "Loyalty discount", "quantity": 1, "unit_price": "-5.00", "tax_rate": "0.2"}),
    awkward("N2", {"description": "Mug", "quantity": 1, "unit_price": "10.025", "tax_rate": "0.2"},
            {"description": "Half a cent off", "quantity": 1, "unit_price": "-0.125", "tax_rate": "0.2"}),
    awkward("C1", {"description": "Mug", "quantity": 1, "unit_price_inc_tax": "12.23", "tax_rate": "0"},
            currency="EUR", totals={"gross": "12.25"}),
    awkward("Q1", test_awkward_money.BOOK, currency="EUR", exchange_rate="1.15"),
    awkward("Q2", test_awkward_money.MUG, exchange_rate="1.15"),
    awkward("V1", {"description": "Gift voucher 50", "quantity": 1, "unit_price": "50", "tax_rate": "0"},
            test_awkward_money.MUG),
    awkward("T2", test_awkward_money.MUG, currency="EUR"),
    awkward("K1", test_awkward_money.BOOK | {"quantity": 1, "unit_price": "1.234"}, currency="KWD"),
    order("CARRIAGE", goods(40, id="1"), shipping=CARRIAGE, cancellations=test_goods_and_numbers.cancelled("1")),
    order("RESTATED", *CHEAP_BADGES, totals={"net": "3.33", "tax": "0.67", "gross": 4},
          cancellations=test_goods_and_numbers.cancelled("C")),
    order("NOT-RESTATED", *CHEAP_BADGES, totals={"gross": 6}, cancellations=test_goods_and_numbers.cancelled("C")),
    order("FREE", goods(0), shipping=CARRIAGE),
    order("SHARED", goods(10, ref="v"), goods(10, ref="v"), goods(2, ref="w"),
          cancellations=test_goods_and_numbers.cancelled("v", "v")),
    order("COUPON", goods(99, quantity=3, discount=20)),
    *(each.order() for each in (*test_open_questions.ACMES, *test_open_questions.ACMES_WORRIES)),
)  # fmt: skip
TEE = goods(12, sku="TEE", quantity=10, unit_cost="4.10")
STOCK = (
    order("FEE", TEE, goods(25, description="Artwork set-up"), goods(3, sku="WRAP-RED")),
    order(
        "KIT", goods(50, sku="KIT"), goods(0, sku="PEN", quantity=2, unit_cost=3), goods(0, sku="INK", unit_cost="4.5")
    ),
    order("EURO", TEE | {"tax_rate": 0}, currency="EUR"),
    order("EUROCOST", TEE | {"cost_currency": "EUR"}),
    order("SERVICE", goods(80, description="Consulting"), goods(5, sku="SETUP", is_stock=False)),
    order("LEAFLET", TEE, {"unit_price": 0, "tax_rate": "0.2", "sku": "FLYER", "quantity": 1, "unit_cost": 0}),
    order("MIXED", TEE, goods(5, sku="CAP", unit_cost=2, cost_currency="EUR")),
    order("CASE", goods(5, sku="Shirt-1", unit_cost=2), goods(6, sku="SHIRT-1", unit_cost=2)),
    order("NO-COST", goods(5, sku="UNHEARD-OF")),
    order("UNTRACKED", goods(5, sku=test_open_questions.UNTRACKED, unit_cost=2)),
    one_mug("ONE-MUG"),
)
KIT = sale(
    "KIT", line("50.00", "0.1", sku="KIT"), line("0", "0.1", 2, sku="BRUSH", unit_cost="3.00"),
    line("0", "0.1", sku="INK", unit_cost="4.50"), currency="AUD", net="50.00", tax="5.00", gross="55.00",
)  # fmt: skip
FEE = sale(
    "FEE", line("12.00", "0.1", 10, sku="TEE", unit_cost="4.10"), line("25.00", "0.1"),
    currency="AUD", net="145.00", tax="14.50", gross="159.50",
)  # fmt: skip
NEW_ZEALAND = {
    "id": 5, "ref": "NZ", "status": 8, "currency_code": "NZD", "completion_datetime": "2026-11-20 10:00:00",
    "items": [{
        "id": 1, "sku": "TEE", "quantity": 10, "unit_sale_price": 13, "unit_sale_price_inc_tax": 13,
        "unit_cost_price": "4.10",
    }],
}  # fmt: skip
CUP = {"sku": "CUP", "description": "Cup", "quantity": 1, "unit_price": "9", "tax_rate": 0, "unit_cost": 2}
YEAR_END = tuple(
    mug(name, currency="AUD", lines=[CUP], dispatched_at=moment)
    for name, moment in (("WITH", "2026-06-30T14:30:00Z"), ("WITHOUT", "2026-06-30T15:30:00"), ("DAY", "2026-06-30"))
)
QUEBEC = [
    {"description": "Board", "quantity": 1, "unit_price": price, "tax_amount": tax}
    for price, tax in (("100.00", "14.98"), ("10.00", "1.50"))
]
CEDARS = tuple(
    each.order() | {"id": f"{each.number}-2", "number": f"{each.number}-2"}
    for each in (*test_open_questions.CEDARS, *test_open_questions.CEDARS_WORRIES)
)
AMERICAN = (
    sale("QUEBEC", *QUEBEC, currency="CAD", net="110.00", tax="16.48", gross="126.48"),
    sale("RUSH", line("14.70", "0.09", tax_amount="1.33"), currency="USD", net="14.70", tax="1.33", gross="16.03"),
    *(
        mug(f"TOTE-{place}", currency="USD", lines=[line("10", "0")], dispatched_at=moment)
        for place, moment in enumerate(
            ("2026-11-20", "2026-11-20T00:00:00", "2026-11-20T23:59", "2026-11-21T03:30:00Z")
        )
    ),
)
TWO_MUGS = {"lines": [line("10.00", quantity=2, id="1")]}
WRONG = mug("B1", number="N-900", totals={"net": "45", "tax": "9", "gross": "54"})
PART = [{"lines": [{"line": "1", "quantity": 1}]}]
LIVES = rounds(
    (mug("BACK", **TWO_MUGS), mug("BACK"), mug("BACK", **TWO_MUGS)),
    (mug("SLIP"), mug("SLIP", cancelled=True), mug("SLIP")),
    (mug("PAUSE", on_hold=True), mug("PAUSE")),
    (mug("AGAIN"), mug("AGAIN", on_hold=True), mug("AGAIN")),
    (mug("STAYS-ON-HOLD"), mug("STAYS-ON-HOLD", on_hold=True)),
    (WRONG, WRONG | {"cancelled": True}, mug("B2", number="N-900")),
    (mug("M2", number="A-77b"), mug("M3", number="#a-77B"), mug("M4", number="A/77b")),
    (mug("OLD", dispatched_at=None, ordered_at="2025-03-01T10:00:00Z"),),
    (mug("LATER", dispatched=False), mug("LATER", dispatched=False, status="Printed"), mug("LATER")),
    (mug("DEARER"), mug("DEARER", **TWO_MUGS)),
    (mug("EURO"), mug("EURO", currency="EUR")),
    (mug("GONE"), mug("GONE", cancelled=True)),
    (mug("NEVER", dispatched=False), mug("NEVER", cancelled=True)),
    (mug("PART-GONE", **TWO_MUGS), mug("PART-GONE", **TWO_MUGS, cancellations=PART)),
    (mug("PART-SENT", **TWO_MUGS, dispatched=False, dispatched_at=None,
         shipments=[PART[0] | {"dispatched_at": "2026-03-09T23:30:00Z"}]),
     mug("PART-SENT", **TWO_MUGS, dispatched=False, dispatched_at=None,
         shipments=[PART[0] | {"dispatched_at": f"2026-03-{day}T23:30:00Z"} for day in ("09", "11")])),
    (mug("UNCLEAR", cancellations=[{"lines": [{"line": "9", "quantity": 1}]}]),),
    (mug("ERROR", has_error=True, error_message="No artwork"), mug("ERROR")),
    (mug("FREE", is_free_of_charge=True, lines=[line("0")]),),
    (mug("FREE-CHARGED", is_free_of_charge=True),),
    (mug("UNUSABLE", number="///"),),
    (mug("BY-HAND", number="BB-7001"),),
    (mug("SAME"), mug("SAME")),
    (mug("LATE", updated_at="2026-11-20T12:00:00Z"), mug("LATE", **TWO_MUGS, updated_at="2026-11-20T11:00:00Z")),
    (mug("REFUSED", currency="ZZZ"),),
    (mug("REFUSED-2", lines=[{"quantity": 1, "tax_rate": 20}], colour="red"),),
)  # fmt: skip
KORNIT_LIFE = {
    "id": 7, "ref": "K7", "status": 1, "currency_code": "GBP",
    "items": [{"id": 1, "ref": "L1", "sku": "MUG", "quantity": 2, "unit_sale_price": 10, "sale_vat_rate": 0.2}],
}  # fmt: skip
SHIPPED = {"status": 4, "new_shipments": [{"items": [{"ref": "L1", "quantity": 1}]}]}


def kornit_life(serial: int, **changes: object) -> Json:
    return KORNIT_LIFE | {"id": serial, "ref": f"K{serial}"} | changes


def kornit_news(serial: int, **said: object) -> Json:
    return {"id": serial, "ref": f"K{serial}"} | said


KORNIT_ROUNDS = (
    (
        *pushed(*(sample(f"kornitx-{name}") for name in ("order", "order-edge", "order-in-production")), NEW_ZEALAND),
        *pushed(*(kornit_life(serial) for serial in range(10, 15))),
        *pushed(kornit_life(15, status=256, status_name="On Hold"), kornit_life(16, items={})),
        *pushed(kornit_life(17, has_error=1, status=8, completion_datetime="2026-11-20 10:00:00")),
    ),
    (
        *called_back(sample("kornitx-callback-cancelled-item"), sample("kornitx-callback-dispatched")),
        *called_back(kornit_news(10, **SHIPPED), kornit_news(11, status=128, status_name="Cancelled")),
        *called_back(kornit_news(12, status=8, dispatch_datetime="2026-03-06 09:00:00"), kornit_news(15, status=8)),
        *called_back(kornit_news(17, status=8, has_error=0), kornit_news(99, status=8)),
    ),
    (
        *called_back(kornit_news(10, **SHIPPED), kornit_news(12, status=256, status_name="On Hold")),
        *called_back(kornit_news(12, status=128, status_name="Cancelled")),
        *pushed(kornit_life(11)),
    ),
)  # fmt: skip
UNLIKE_ALL = (
    "number_prefix=BB-", "reference_template={customer}, {external_ref}", "payment_terms_days=7",
    "shipping_account=260", "document_status=AUTHORISED", "when_tax_differs=keep_gross",
    "include_orders_with_errors=yes",
    "start_date=2026-03-01", "cash_steps=CHF 0.05, EUR 0.05", "order_time_zone=America/New_York",
    "default_currency=EUR",
)  # fmt: skip
RATES = ("0.2", "0.2", "0.2", "0.05", "0", "0.1")
GROUPS = (
    Group(name="british-money", company=outside.ash,
          rounds=(sent(*(each for each, _ in BRITISH.values()), *BRITISH_MORE),)),
    Group(name="awkward-money", company=outside.acme, rounds=(sent(*MONEY),)),
    Group(name="shop-untracked", company=outside.acme, rounds=(shop_orders(20260302, 25),)),
    Group(name="odd-untracked", company=outside.ash,
          rounds=(odd_orders(5, 70, RATES, ("GBP", "GBP", "GBP", "EUR", "JPY", "CHF")),)),
    Group(name="odd-settings", company=outside.ash, settings=UNLIKE_ALL,
          rounds=(odd_orders(6, 40, RATES, ("GBP", "EUR", "CHF", "")),
                  sent(mug("NOW", has_error=True), mug("BEFORE", dispatched_at="2026-02-27T10:00:00Z")))),
    Group(name="on-receipt", company=outside.acme, settings=("post_when=received", "document_status=SUBMITTED"),
          rounds=rounds((mug("R1", dispatched=False, ordered_at="2026-06-30T23:30:00Z"),),
                        (mug("R2", dispatched=False, ordered_at="2026-07-01"), mug("R2", on_hold=True)))),
    Group(name="stock", company=outside.cedar, settings=("not_stock=WRAP*", "when_cost_is_zero=leave_out"),
          rounds=(sent(*STOCK), sent(order("A", goods(9, sku="MUG", id="1", unit_cost=2))))),
    Group(name="shop-tracked", company=outside.cedar, settings=("cost_currency=EUR",), rounds=(shop_orders(11, 15),)),
    Group(name="odd-tracked", company=outside.cedar, rounds=(odd_orders(7, 25, ("0.2", "0.05", "0"), ("GBP", "EUR")),)),
    Group(name="australian-stock", company=outside.briar,
          rounds=(sent(KIT, FEE, *YEAR_END, *CEDARS),
                  pushed(NEW_ZEALAND), odd_orders(8, 20, ("0.1", "0"), ("AUD", "AUD", "NZD")))),
    Group(name="american", company=outside.clover,
          rounds=(sent(*AMERICAN), odd_orders(9, 20, ("0.08875", "0.0635", "0.09", "0"), ("USD",)))),
    Group(name="lives", company=outside.ash, by_hand=(("BB-7001", "99.00"),), rounds=LIVES),
    Group(name="kornit", company=outside.ash, settings=("number_prefix=DB-",), rounds=KORNIT_ROUNDS),
    Group(name="kornit-pushes", company=outside.acme, rounds=(pushes(7, 12),)),
    Group(name="file-untracked", company=outside.acme, rounds=(imported("untracked-orders"),)),
    Group(name="file-tracked", company=outside.briar, rounds=(imported("tracked-orders"),)),
)  # fmt: skip
