"""What `make bench` found: a table beside the run before, and the chart of docs/performance.md. PURE but for `load` and `save`."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = ROOT / "docs/performance.json"
PAGE = ROOT / "docs/performance.md"
CHART = ROOT / "docs/images/performance.svg"
BEGIN, END = "<!-- begin: make bench -->", "<!-- end: make bench -->"
WIDTH, ROW, NAMES, ZERO, GOAL, LONGEST = 880, 26, 470, 480, 640, 860
"""Of the chart, in pixels: where names end, bars begin, the goal's line stands and the longest bar ends."""
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2933 } .reached { fill: #2f855a } .missed { fill: #c05621 }
.goal { stroke: #1f2933; stroke-dasharray: 3 3 } .before { stroke: #1f2933; stroke-width: 2; opacity: .55 }
@media (prefers-color-scheme: dark) { text { fill: #e4e7eb } .goal, .before { stroke: #e4e7eb } }
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure: its value, and what it should be, such as `>= 45` or `<= 1.0`; "" where nothing is asked."""

    name: str
    value: float
    unit: str = ""
    goal: str = ""

    @property
    def wanted(self) -> float | None:
        """Return the number in the goal."""
        found = re.search(r"[\d.]+", self.goal.replace(",", ""))
        return float(found.group()) if found else None

    @property
    def share(self) -> float | None:
        """Return how much of the goal is reached: 1 and more is all of it; None where there is no goal."""
        if self.wanted is None or not self.value or not self.wanted:
            return None
        return self.value / self.wanted if self.goal.startswith(">") else self.wanted / self.value

    @property
    def is_reached(self) -> bool | None:
        """Return whether the goal is reached; None where there is none."""
        if self.wanted is None:
            return None
        return self.value >= self.wanted if self.goal.startswith(">") else self.value <= self.wanted


def load(path: Path = RUN) -> dict[str, Figure]:
    """Return the figures of the run before."""
    rows = json.loads(path.read_text()) if path.is_file() else []
    return {row["name"]: Figure(**row) for row in rows}


def save(figures: Sequence[Figure], before: Mapping[str, Figure]) -> None:
    """Keep the figures, those of measures that did not run this time too; write the page's table and its chart."""
    kept = {**before, **{each.name: each for each in figures}}
    everything = sorted(kept.values(), key=lambda each: each.name)
    RUN.write_text("[\n" + ",\n".join(json.dumps(asdict(each)) for each in everything) + "\n]\n")
    CHART.write_text(chart(everything, before))
    head, _, rest = PAGE.read_text().partition(BEGIN)
    table = "\n".join(page_rows(everything))
    PAGE.write_text(f"{head}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}")


def page_rows(figures: Sequence[Figure]) -> list[str]:
    """Return the lines of the page's table."""
    said = {True: "reached", False: "**missed**", None: ""}
    rows = [f"| {each.name} | {shown(each)} | {each.goal} | {said[each.is_reached]} |" for each in figures]
    return ["| measure | value | to reach | |", "|---|---|---|---|", *rows]


def table(figures: Sequence[Figure], before: Mapping[str, Figure]) -> str:
    """Return the lines that a run prints: each figure, what it was, the ratio, and the goal."""
    lines = [f"{'measure':72}{'now':>14}{'before':>14}{'ratio':>8}  to reach"]
    for each in figures:
        was = before.get(each.name)
        ratio = f"{each.value / was.value:8.2f}" if was and was.value else " " * 8
        verdict = {True: "", False: "  MISSED", None: ""}[each.is_reached]
        lines.append(f"{each.name:72}{shown(each):>14}{shown(was):>14}{ratio}  {each.goal}{verdict}")
    return "\n".join(lines)


def shown(figure: Figure | None) -> str:
    """Return a value as people read it, with its unit."""
    if figure is None:
        return ""
    digits = 0 if figure.value >= 100 or figure.value == int(figure.value) else 1 if figure.value >= 10 else 2
    return f"{figure.value:,.{digits}f} {figure.unit}".strip()


def chart(figures: Sequence[Figure], before: Mapping[str, Figure]) -> str:
    """Return an SVG: how much of each goal is reached, on a scale that halves and doubles; the run before as a tick."""
    rows = [each for each in figures if each.share is not None]
    height = ROW * (len(rows) + 2)
    drawn = [line for place, each in enumerate(rows) for line in _bar(place, each, before.get(each.name))]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
            f"<title>How much of each goal is reached</title><style>{STYLE}</style>",
            *drawn,
            f'<line class="goal" x1="{GOAL}" x2="{GOAL}" y1="4" y2="{height - ROW}"/>',
            f'<text x="{GOAL}" y="{height - 8}" text-anchor="middle">goal</text>',
            "</svg>\n",
        ]
    )


def _bar(place: int, figure: Figure, was: Figure | None) -> list[str]:
    top, end = ROW * place + 6, _along(figure.share or 0)
    tone = "reached" if figure.is_reached else "missed"
    lines = [
        f'<text x="{NAMES}" y="{top + 14}" text-anchor="end">{_escaped(figure.name)}</text>',
        f'<rect class="{tone}" x="{ZERO}" y="{top}" width="{end - ZERO:.0f}" height="{ROW - 8}" rx="2"/>',
        f'<text x="{end + 6:.0f}" y="{top + 14}">{_escaped(shown(figure))}</text>',
    ]
    if was is not None and was.share:
        at = _along(was.share)
        lines.append(f'<line class="before" x1="{at:.0f}" x2="{at:.0f}" y1="{top - 2}" y2="{top + ROW - 6}"/>')
    return lines


def _along(share: float) -> float:
    """A share of 1 ends at the goal's line; twice as much goes half as far again."""
    return min(LONGEST - 60, ZERO + (GOAL - ZERO) * min(share, 1) + 40 * max(0.0, share - 1))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
