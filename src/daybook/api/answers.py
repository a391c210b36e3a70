"""What the API answers, typed."""

from typing import Literal

from django.conf import settings
from pydantic import BaseModel, Field

from daybook.companies.models import Company
from daybook.documents.kinds import Kind
from daybook.intake.outlook import DocumentOutlook, Outlook
from daybook.intake.receipts import Receipt
from daybook.intake.storing import Result
from daybook.orders.models import Order
from daybook.outbox.states import State
from daybook.sources.problems import Problem


class ProblemAnswer(BaseModel):
    """One thing that is wrong with what was sent."""

    field: str = Field(description="The path to it; empty: the body as a whole.", examples=["lines[0].unit_price"])
    problem: str = Field(examples=["The number is negative."])
    cure: str = Field(examples=["Send 0 or more; money given back is a matter for a credit note."])


class RefusalAnswer(BaseModel):
    """Nothing was kept of the request."""

    detail: str = Field(description="What is wrong, in one sentence.")
    problems: list[ProblemAnswer] = Field(default_factory=list)


class DocumentAnswer(BaseModel):
    """A document made of an order."""

    id: str = Field(description="Daybook's own id; also stands in the document's reference in the ledger.")
    kind: Kind
    number: str = Field(description="The number it has, or will have, in the ledger.")
    state: State
    cause: str = Field(description="Why it does not go: a code; empty where nothing is in its way.")
    explanation: str = Field(description="The same for people: what happened, why, and what to do.")
    xero_id: str = Field(description="The ledger's own id; empty until it is posted.")
    link: str = Field(description="Where a person reads it in Daybook.")


class StandingAnswer(BaseModel):
    """What will happen to an order."""

    order: str = Field(description="Daybook's own id of the order.")
    source: str
    id: str
    ref: str
    standing: Order.Standing
    cause: str = Field(description="Why there is no document: a code; empty where there is one.")
    explanation: str = Field(description="The same for people: what happened, why, and what to do.")
    documents: list[DocumentAnswer]
    link: str = Field(description="Where a person reads the order in Daybook.")


class ReceivedAnswer(StandingAnswer):
    """An order that was accepted, or was there already."""

    position: int = Field(description="Its place in the list that was sent, from 0.")
    result: Result = Field(
        description=(
            "accepted: new, or new content. unchanged: this content stands already. "
            "late_retry: a repeat of what has been replaced, or older than what stands; ignored."
        )
    )


class RefusedAnswer(BaseModel):
    """An order that was not accepted; nothing of it was kept."""

    position: int
    result: Literal["refused"] = "refused"
    source: str
    id: str
    problems: list[ProblemAnswer]


class IgnoredAnswer(BaseModel):
    """Something well-formed that says nothing about an order, or is kept to be taken in later."""

    position: int = 0
    result: Literal["ignored", "waiting"] = Field(
        default="ignored",
        description="ignored: nothing came of it. waiting: it is kept, and nothing more is to be done.",
    )
    explanation: str = Field(description="Why.")


class OrdersAnswer(BaseModel):
    """What became of each order, in the order in which they were sent."""

    accepted: int = Field(description="How many are kept by now, whether new or there already.")
    refused: int
    results: list[ReceivedAnswer | RefusedAnswer | IgnoredAnswer]


class CallbackAnswer(BaseModel):
    """What became of a status callback."""

    result: Literal["accepted", "unchanged"] = Field(
        description="accepted: kept. unchanged: a repeat of what was called back for this order before; nothing is done twice."
    )
    order: str
    standing: str
    explanation: str


def problems(found: tuple[Problem, ...]) -> list[ProblemAnswer]:
    """Return problems as the API shows them."""
    return [ProblemAnswer(field=each.field, problem=each.problem, cure=each.cure) for each in found]


def refusal(detail: str, found: tuple[Problem, ...] = ()) -> RefusalAnswer:
    """Return what a refused request is answered with."""
    return RefusalAnswer(detail=detail, problems=problems(found))


def orders(company: Company, receipts: list[Receipt]) -> OrdersAnswer:
    """Return the answer to a list of orders."""
    refused = sum(receipt.is_refused for receipt in receipts)
    return OrdersAnswer(
        accepted=len(receipts) - refused, refused=refused, results=[_result(company, each) for each in receipts]
    )


def standing(company: Company, order: Order, outlook: Outlook) -> StandingAnswer:
    """Return how an order stands."""
    return StandingAnswer(
        order=order.public_id,
        source=order.source,
        id=order.source_id,
        ref=order.ref,
        standing=Order.Standing(outlook.standing),
        cause=outlook.cause,
        explanation=outlook.explanation,
        documents=_documents(company, outlook),
        link=_page(company, "orders", order.public_id),
    )


def ignored(receipt: Receipt) -> IgnoredAnswer:
    """Return the answer to what says nothing about an order."""
    result: Literal["ignored", "waiting"] = "waiting" if receipt.result is Result.WAITING else "ignored"
    return IgnoredAnswer(position=receipt.position, result=result, explanation=receipt.why)


def _result(company: Company, receipt: Receipt) -> ReceivedAnswer | RefusedAnswer | IgnoredAnswer:
    if receipt.result in {Result.IGNORED, Result.WAITING}:
        return ignored(receipt)
    if receipt.outlook is None:
        return RefusedAnswer(
            position=receipt.position, source=receipt.source, id=receipt.id, problems=problems(receipt.problems)
        )
    return ReceivedAnswer(
        position=receipt.position,
        result=receipt.result,
        order=receipt.order,
        source=receipt.source,
        id=receipt.id,
        ref=receipt.ref,
        standing=Order.Standing(receipt.outlook.standing),
        cause=receipt.outlook.cause,
        explanation=receipt.outlook.explanation,
        documents=_documents(company, receipt.outlook),
        link=_page(company, "orders", receipt.order),
    )


def _documents(company: Company, outlook: Outlook) -> list[DocumentAnswer]:
    return [_document(company, each) for each in outlook.documents]


def _document(company: Company, document: DocumentOutlook) -> DocumentAnswer:
    return DocumentAnswer(
        id=document.public_id,
        kind=Kind(document.kind),
        number=document.number,
        state=State(document.state),
        cause=document.cause,
        explanation=document.explanation,
        xero_id=document.their_id,
        link=_page(company, "documents", document.public_id),
    )


def _page(company: Company, section: str, public_id: str) -> str:
    return f"{settings.PUBLIC_URL}/c/{company.public_id}/{section}/{public_id}/"


def callback(receipt: Receipt) -> CallbackAnswer:
    """Return the answer to a status callback."""
    outlook = receipt.outlook
    return CallbackAnswer(
        result="unchanged" if receipt.result == "unchanged" else "accepted",
        order=receipt.order,
        standing=outlook.standing if outlook is not None else "waiting",
        explanation=outlook.explanation if outlook is not None else "",
    )
