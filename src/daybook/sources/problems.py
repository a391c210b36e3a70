"""PURE: what is wrong with something that was sent to us: which field, what, and the cure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing the sender can put right."""

    field: str
    """The path to it, e.g. `lines[0].unit_price`; empty where it is the whole body."""
    problem: str
    cure: str


class NotAnOrderError(Exception):
    """What was sent cannot be read as an order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.problem}" for each in problems))
        self.problems = problems
