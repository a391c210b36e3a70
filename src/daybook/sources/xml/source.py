"""PURE: XML files as a source, whose paths a person chooses once."""

from daybook.sources.mapped import pieces
from daybook.sources.source import Source
from daybook.sources.xml.offering import MATCHING
from daybook.sources.xml.reading import read_file

XML = Source(
    name="xml",
    title="XML files",
    about="For whatever writes orders as XML: you choose the paths once, and every later file is read so.",
    files=read_file,
    reread_of_file=pieces.reread_xml,
    matching=MATCHING,
)
