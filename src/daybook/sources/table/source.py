"""PURE: spreadsheets as a source: CSV and XLSX, whose columns a person matches once."""

from daybook.sources.source import Source
from daybook.sources.table.offering import MATCHING
from daybook.sources.table.reading import read_file
from daybook.sources.table.within import reread

TABLE = Source(
    name="table",
    title="Spreadsheet (CSV or XLSX)",
    about="For whatever can export a list of orders: you match its columns once, and every later file is read so.",
    files=read_file,
    reread_of_file=reread,
    matching=MATCHING,
)
