"""PURE: what a document of an order is made of, gathered anew only where something of it changed in the plan.

An order may have 200 refunds, each with a credit note and what settles it: all of them ask the same of the same documents.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from daybook.documents.kinds import SPECS
from daybook.intake import part_documents
from daybook.intake.draft import Doc, Draft
from daybook.intake.due import PostWhen
from daybook.intake.making import MAKERS, Made, Material
from daybook.mapping.orders import Order


def material(draft: Draft, order: Order, key: str = "", *, is_after: bool = False) -> Material:
    """Return what the part `key` of an order may be made of; `order` differs within a plan by its mark alone."""
    is_in_parts = draft.rules.timing.post_when is PostWhen.PART_DISPATCHED
    if not (is_after or draft.refunds or is_in_parts or any(doc.key for doc in draft.docs if _is_own(doc))):
        return _new(draft, order, (), {}).for_part(key, order)
    made = tuple(_made(doc) for doc in draft.docs if is_here(draft, doc))
    of = _new(draft, order, made, _written_sale(draft))
    in_parts = part_documents.invoiced(of)
    of = replace(of, invoiced=in_parts) if in_parts else of
    draft.material = of if draft.material is None else of.taking_over(draft.material)
    return draft.material.for_part(key, order)


def _is_own(doc: Doc) -> bool:
    return not SPECS[doc.kind].follows


def _new(draft: Draft, order: Order, made: tuple[Made, ...], written: Mapping[str, Any]) -> Material:
    return Material(
        is_in_parts=draft.rules.timing.post_when is PostWhen.PART_DISPATCHED,
        made=made,
        stands=draft.facts,
        refunds=draft.refunds,
        today=draft.now.astimezone(draft.rules.timing.zones.documents).date(),
        invoiced=tuple(Decimal(each) for each in written.get("remaining", ())),
        was_cancelled=written.get("is_cancelled", False),
        taken=draft.stand.taken,
        received=draft.facts.order,
        order=order,
        rules=draft.rules.mapping,
        prices=draft.prices,
        zones=draft.rules.timing.zones,
    )


def is_here(draft: Draft, doc: Doc) -> bool:
    """Tell whether a document is of the organisation that is reached: nothing follows a sale in another one's books."""
    return doc.stand is None or doc.stand.organisation_id == draft.rules.organisation_id


def _written_sale(draft: Draft) -> Mapping[str, Any]:
    """Return what the document of the sale was last written from; nothing where there is none."""
    kind = next((kind for kind in MAKERS if SPECS[kind].is_the_sale), None)
    return draft.row.written_from.get(kind, {}) if kind is not None else {}


def _made(doc: Doc) -> Made:
    """Return a document as it stands by now; the very same again, as long as nothing of it changes."""
    paper, was = doc.paper, doc.made
    if was is not None and was.state == doc.state and was.paper is paper:
        return was
    doc.made = Made(
        kind=doc.kind,
        key=doc.key,
        generation=doc.generation,
        mark=doc.mark,
        number=doc.number,
        is_number_free=doc.stand is not None and doc.stand.is_number_free,
        state=doc.state,
        their_status="" if doc.stand is None else doc.stand.their_status,
        is_given_up=doc.stand is not None and doc.stand.is_given_up,
        is_settled_there=doc.stand is not None and doc.stand.is_settled_there,
        paper=paper,
    )
    return doc.made
