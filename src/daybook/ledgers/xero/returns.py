"""PURE: which boxes of the returns of the UK, Australia and New Zealand Xero's own tax types lead into.

Boxes: HMRC, VAT Notice 700/12; ATO, *Completing your BAS*; Inland Revenue, *GST guide* (IR375). Tax types: xero-rules.md 5.7. Left out on purpose are tax types
that stand in several boxes by rules of their own (reverse charges, acquisitions, imports), and those that a person made.
"""

from collections.abc import Mapping

from daybook.ledgers.returns import Box, Measure, Placement, Side, TaxReturn

_COUNTED = frozenset({"AUTHORISED", "PAID"})
_BASIS = (
    "Worked out by the dates of the documents (invoice basis). On cash accounting{other}, the return has other figures."
)


def _each(tax_types: str, side: Side | None, **into: Measure) -> Mapping[str, Placement]:
    boxes = {box.removeprefix("box"): measure for box, measure in into.items()}
    return dict.fromkeys(tax_types.split(), Placement(side, boxes))


VAT = TaxReturn(
    title="VAT return",
    currency="GBP",
    basis=_BASIS.format(other=", or under the flat rate scheme"),
    boxes=(
        Box("1", "VAT due on sales"),
        Box("2", "VAT due on goods from the EU (Northern Ireland)"),
        Box("3", "VAT due in all", of={"1": 1, "2": 1}),
        Box("4", "VAT reclaimed on purchases"),
        Box("5", "VAT to pay, or below 0 to reclaim", of={"3": 1, "4": -1}),
        Box("6", "Sales without VAT"),
        Box("7", "Purchases without VAT"),
        Box("8", "Goods to the EU without VAT (Northern Ireland)"),
        Box("9", "Goods from the EU without VAT (Northern Ireland)"),
    ),
    placements={
        **_each("OUTPUT OUTPUT2 RROUTPUT SROUTPUT", Side.SALES, box1=Measure.TAX, box6=Measure.NET),
        **_each("ZERORATEDOUTPUT EXEMPTOUTPUT ECZROUTPUTSERVICES", Side.SALES, box6=Measure.NET),
        **_each("ECZROUTPUT", Side.SALES, box6=Measure.NET, box8=Measure.NET),
        **_each("INPUT INPUT2 RRINPUT SRINPUT", Side.PURCHASES, box4=Measure.TAX, box7=Measure.NET),
        **_each("ZERORATEDINPUT EXEMPTINPUT", Side.PURCHASES, box7=Measure.NET),
        **_each("NONE", None),
    },
    counted=_COUNTED,
)
BAS = TaxReturn(
    title="Activity statement (BAS)",
    currency="AUD",
    basis=_BASIS.format(other=""),
    boxes=(
        Box("G1", "Total sales, with GST"),
        Box("G2", "Export sales"),
        Box("G3", "Other GST-free sales"),
        Box("G10", "Capital purchases, with GST"),
        Box("G11", "Other purchases, with GST"),
        Box("1A", "GST on sales"),
        Box("1B", "GST on purchases"),
    ),
    placements={
        **_each("OUTPUT", Side.SALES, boxG1=Measure.GROSS, box1A=Measure.TAX),
        **_each("EXEMPTOUTPUT", Side.SALES, boxG1=Measure.GROSS, boxG3=Measure.GROSS),
        **_each("EXEMPTEXPORT", Side.SALES, boxG1=Measure.GROSS, boxG2=Measure.GROSS),
        **_each("INPUT", Side.PURCHASES, boxG11=Measure.GROSS, box1B=Measure.TAX),
        **_each("EXEMPTEXPENSES", Side.PURCHASES, boxG11=Measure.GROSS),
        **_each("CAPEXINPUT", Side.PURCHASES, boxG10=Measure.GROSS, box1B=Measure.TAX),
        **_each("EXEMPTCAPITAL", Side.PURCHASES, boxG10=Measure.GROSS),
        **_each("BASEXCLUDED", None),
    },
    counted=_COUNTED,
)
GST = TaxReturn(
    title="GST return (GST101A)",
    currency="NZD",
    basis=_BASIS.format(other="")
    + " Boxes 8 and 12 are the GST of the documents; the form's three twenty-thirds may differ by their rounding.",
    boxes=(
        Box("5", "Total sales, with GST and zero-rated"),
        Box("6", "Zero-rated sales in box 5"),
        Box("7", "Sales with GST", of={"5": 1, "6": -1}),
        Box("8", "GST on sales"),
        Box("10", "GST collected, without adjustments", of={"8": 1}),
        Box("11", "Total purchases, with GST"),
        Box("12", "GST on purchases"),
        Box("14", "GST credit, without adjustments", of={"12": 1}),
        Box("15", "GST to pay, or below 0 to be refunded", of={"10": 1, "14": -1}),
    ),
    placements={
        **_each("OUTPUT2", Side.SALES, box5=Measure.GROSS, box8=Measure.TAX),
        **_each("ZERORATED", Side.SALES, box5=Measure.GROSS, box6=Measure.GROSS),
        **_each("INPUT2", Side.PURCHASES, box11=Measure.GROSS, box12=Measure.TAX),
        **_each("NONE", None),
    },
    counted=_COUNTED,
)
RETURNS: Mapping[str, TaxReturn] = {"GB": VAT, "AU": BAS, "NZ": GST}
"""By country."""
