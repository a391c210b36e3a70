"""A signed proof as a PDF, which holds the file itself."""

from daybook.kit.translation import gettext
from daybook.printing.tables import Attached, tables_pdf
from daybook.proving import proof, shown, signing


class NotOursError(Exception):
    """It is no valid proof, or one of another form."""


def proof_pdf(file: bytes) -> bytes:
    """Return the PDF of a signed file. Raises NotOursError, fonts.NoFontError."""
    checked = signing.check(file)
    found = proof.read(checked.says) if checked.says is not None else None
    if found is None or checked.says is None:
        raise NotOursError
    to_check = gettext("{command}: the signed file is inside this PDF")
    facts = [
        (gettext("Company"), found.company),
        (gettext("Period"), shown.period(found)),
        (gettext("Made"), shown.made_at(found)),
        (gettext("Signed with"), f"{signing.ALGORITHM} {checked.public_key}"),
        ("SHA-256", signing.digest(checked.says)),
        (gettext("To check"), to_check.format(command=f"daybook proof verify {name_of(found)}.json")),
    ]
    title = gettext("Proof of a period: {company}").format(company=found.company)
    return tables_pdf(title, facts, shown.sections(found), Attached(f"{name_of(found)}.json", file))


def name_of(found: proof.Proof) -> str:
    """Return what its files are called, without an ending."""
    return f"proof-{found.since}-to-{found.until}"
