"""What the books hold, laid beside what the orders say."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis.stateful import invariant

from daybook.catalog.models import Account
from daybook.documents.causes import Cause
from daybook.history.models import Event
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.outbox.states import FINAL, State
from daybook.reconciliation import money as money_report
from localxero import LocalXero
from localxero.books import ledger
from tests.integration.payments.laws.model import CENT, TAX_TYPES, ZERO, Life, Sale, money
from tests.integration.payments.laws.shop import Shop

ACCOUNTS = {"stripe": "092", "paypal": "093", "gift_card": "850"}
SALES, VAT, DEBTORS, GOODWILL = "200", "820", "610", "429"
STOCK = ("630", "310")


class Books(Shop):
    """The laws: after each step what must hold at any moment, at the end that all meets to the cent."""

    xero: LocalXero

    def _ours(self, name: str) -> list[dict[str, Any]]:
        if not hasattr(self, "cast"):
            return []
        return [each for each in self.cast.books(name)[name] if "[db:" in (each.get("Reference") or "")]

    @invariant()
    def the_books_hold(self) -> None:
        if not hasattr(self, "cast"):
            return
        books = self.cast.books()
        ours = {
            name: [each for each in books[name] if "[db:" in (each.get("Reference") or "")]
            for name in ("Invoices", "CreditNotes")
        }
        for name, rows in ours.items():
            marks = [each["Reference"] for each in rows]
            assert len(set(marks)) == len(marks), name
        self._posted_stand_there(ours)
        self._nothing_settled_twice(books, ours)
        self._no_line_is_credited_beyond_its_sale(ours)

    def _posted_stand_there(self, ours: dict[str, list[dict[str, Any]]]) -> None:
        marks = {row[key]: row["Reference"] for name, key in _IDS for row in ours[name]}
        for entry in Entry.objects.filter(state=State.POSTED, kind__in=["invoice", "credit_note"]):
            assert f"[db:{entry.public_id}]" in marks[entry.their_id]

    def _nothing_settled_twice(self, books: dict[str, Any], ours: dict[str, list[dict[str, Any]]]) -> None:
        live = [each for each in books["Payments"] if each["Status"] == "AUTHORISED"]
        references = Counter((each["Reference"], each["Invoice"]["InvoiceID"]) for each in live)
        references = Counter({key: count for key, count in references.items() if key[0] != "bank line"})
        assert all(count == 1 for count in references.values()), references
        for note in ours["CreditNotes"]:
            settled = sum((money(each["Amount"]) for each in note["Allocations"]), ZERO)
            assert settled <= money(note["Total"])
        for invoice in ours["Invoices"]:
            assert money(invoice["AmountDue"]) >= 0
            paid = money(invoice["AmountPaid"]) + money(invoice["AmountCredited"])
            assert paid <= money(invoice["Total"])

    def _no_line_is_credited_beyond_its_sale(self, ours: dict[str, list[dict[str, Any]]]) -> None:
        left: defaultdict[tuple[str, str, str], Decimal] = defaultdict(lambda: ZERO)
        for ref, sign, line in _lines(ours):
            if line["AccountCode"] == SALES:
                left[ref, line["TaxType"], "tax"] += sign * money(line["TaxAmount"])
                left[ref, line["TaxType"], "amount"] += sign * money(line["LineAmount"])
        assert all(each >= 0 for each in left.values()), left

    def _compare(self) -> None:
        self.the_books_hold()
        books = self.cast.books()
        ours = {name: self._ours(name) for name in ("Invoices", "CreditNotes")}
        for life in self.lives.values():
            mine = Entry.objects.filter(company=self.cast.company, order__source_id=life.ref)
            life.is_messy |= mine.filter(cause=Cause.PERHAPS_TAKEN_BACK).exists()  # a person says whether it was
            unsettled = list(mine.exclude(state__in=FINAL).values_list("kind", "key", "state", "cause", "detail"))
            if not life.is_messy and self._is_as_posted(life):
                assert not unsettled, f"{unsettled} {told(life)}"
            sale = self._sale_that_was_posted(life, ours)
            if sale is not None and not any(kind in {"invoice", "credit_note"} for kind, *_ in unsettled):
                self._compare_sale(life, sale, ours)
                if not life.is_messy and self._is_as_posted(life):
                    self._compare_money(life, sale, books)
                    if life.currency == "GBP":
                        self._compare_balances(life, sale)
        self._compare_month_ends()

    def _compare_month_ends(self) -> None:
        """The report says of each account what the orders say, and that it stands there."""
        if any(life.is_messy or life.is_cancelled or not self._is_as_posted(life) for life in self.lives.values()):
            return
        for name, code in ACCOUNTS.items():
            account = Account.objects.get(organisation=self.cast.connection.organisation, code=code)
            today = clock.now().date() + timedelta(
                days=1
            )  # what was cancelled is credited, and paid back, on its own day
            ends = money_report.month_end(self.cast.connection, account, date(2026, 3, 1), today)
            for end in ends:
                mine = (life for life in self.lives.values() if life.currency == end.currency)
                wanted = sum((life.by_gateway()[name] for life in mine), ZERO)
                assert (end.closing, end.moved, end.posted) == (wanted, wanted, wanted), (name, end)

    def _sale_that_was_posted(self, life: Life, ours: dict[str, list[dict[str, Any]]]) -> Sale | None:
        there = [each for each in ours["Invoices"] if each["InvoiceNumber"] == life.ref]
        if not there:
            assert life.is_cancelled or life.kept().gross == 0, life
            return None
        assert len(there) == 1
        noted = Entry.objects.filter(order__source_id=life.ref, kind="invoice").exclude(attention="").exists()
        if self._is_as_posted(life) or not noted:
            return life.sale
        whole = money(there[0]["Total"])
        return next(each for each in life.sales if each.gross == whole)

    def _compare_sale(self, life: Life, sale: Sale, ours: dict[str, list[dict[str, Any]]]) -> None:
        found: Counter[tuple[str, str]] = Counter()
        for ref, sign, line in _lines(ours):
            if ref == life.ref:
                found[line["AccountCode"], line["TaxType"]] += sign * line["net"]
                found["tax", line["TaxType"]] += sign * money(line["TaxAmount"])
        wanted = self._wanted(life, sale)
        slack = CENT * (len(life.backs) + 1) if life.is_loose else ZERO
        for key in {*found, *wanted}:
            assert abs(found[key] - wanted[key]) <= slack, (key, found, wanted, life)
        gap = abs(sum(found.values(), ZERO) - sum(wanted.values(), ZERO))
        assert gap <= (slack if life.is_of_quantities_only else 0), (found, wanted, told(life))

    def _wanted(self, life: Life, sale: Sale) -> Counter[tuple[str, str]]:
        wanted: Counter[tuple[str, str]] = Counter()
        if life.is_cancelled:
            return wanted
        kept = life.kept(sale)
        for part, each in kept.left.items():
            tax_type = TAX_TYPES[sale.rate_of(part)]
            wanted[SALES, tax_type] += each.net
            wanted["tax", tax_type] += each.tax
        wanted[GOODWILL, "NONE"] -= kept.goodwill
        return wanted

    def _compare_money(self, life: Life, sale: Sale, books: dict[str, Any]) -> None:
        found: Counter[str] = Counter()
        codes = {each["AccountID"]: each["Code"] for each in books["Accounts"]}
        numbers = self._documents_of(life)
        for each in books["Payments"]:
            if each["Status"] == "AUTHORISED" and each["Invoice"].get("InvoiceID") in numbers:
                sign = 1 if each["PaymentType"] == "ACCRECPAYMENT" else -1
                code = each["Account"].get("Code") or codes[each["Account"]["AccountID"]]
                found[code] += sign * money(each["Amount"])
        wanted = Counter({ACCOUNTS[name]: amount for name, amount in life.by_gateway().items()})
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in wanted.items() if v}, life

    def _documents_of(self, life: Life) -> set[str]:
        mine = Entry.objects.filter(order__source_id=life.ref, kind__in=["invoice", "credit_note"])
        return set(mine.exclude(their_id="").values_list("their_id", flat=True))

    def _compare_balances(self, life: Life, sale: Sale) -> None:
        mine = ledger.balances(self.xero.books(self.cast.tenant_id), life.ref)
        found = {each.code: each.balance for each in mine.accounts}
        stock = sum((found.pop(code, ZERO) for code in STOCK), ZERO)
        assert stock == 0, life
        wanted: Counter[str] = Counter()
        for (account, _), amount in self._wanted(life, sale).items():
            wanted[VAT if account == "tax" else account] -= amount
        for name, amount in life.by_gateway().items():
            wanted[ACCOUNTS[name]] += amount
        wanted[DEBTORS] += (ZERO if life.is_cancelled else life.kept(sale).gross) - life.paid + life.paid_back
        slack = CENT * (len(life.backs) + 1) if life.is_loose else ZERO
        loose = {SALES, VAT, *([DEBTORS] if life.is_of_quantities_only else [])}
        for code in {*found, *wanted}:
            assert abs(found.get(code, ZERO) - wanted[code]) <= (slack if code in loose else 0), (
                code, found, wanted, life,
            )  # fmt: skip


_IDS = (("Invoices", "InvoiceID"), ("CreditNotes", "CreditNoteID"))


def _lines(ours: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Lines of live documents, by order, what is given back below 0, with their net."""
    for name, number, sign in (("Invoices", "InvoiceNumber", 1), ("CreditNotes", "CreditNoteNumber", -1)):
        for each in ours[name]:
            if each["Status"] in {"VOIDED", "DELETED"}:
                continue
            for line in each["LineItems"]:
                inclusive = each["LineAmountTypes"] == "Inclusive"
                net = money(line["LineAmount"]) - (money(line["TaxAmount"]) if inclusive else ZERO)
                yield each[number].rpartition("-CR")[0] or each[number], sign, line | {"net": net}


def told(life: Life) -> str:
    """All that came of an order, for whoever looks for the reason."""
    said = [f"{each}" for each in life.told]
    for entry in Entry.objects.filter(order__source_id=life.ref).order_by("pk"):
        said.append(
            " ".join(
                map(str, (entry.kind, entry.key, entry.number, entry.state, entry.gross, entry.cause, entry.detail))
            )
        )
        moves = Event.objects.filter(subject_kind="entry", subject_id=entry.pk).order_by("pk")
        said += [f"    {each.at} {each.old_state} > {each.new_state} {each.mover}" for each in moves]
    return "\n".join(["", repr(life), *said])
