"""Which tables hold rows of a company, and in which order they can be emptied: learned from the models themselves.

A table belongs to a company through a foreign key that is never empty, its own or its parent's. One that refers to
companies' rows and has no such key is nobody's: `UndecidedTableError` names it, before anything is exported or deleted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from daybook.companies.models import Company

Model = type[models.Model]
Edge = tuple[Model, Model]


class UndecidedTableError(Exception):
    """A table refers to rows of companies and says of none of its own rows whose they are."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with rows of companies."""

    model: Model
    path: str
    """The look-up that leads to the company's id, such as `connection__company`."""

    def of(self, company_id: int) -> "QuerySet[Any]":
        """Return the company's rows."""
        return self.model._base_manager.filter(**{self.path: company_id})  # noqa: SLF001  # Django's public name


@dataclass(frozen=True, slots=True)
class Tie:
    """A reference that may be empty and must be emptied first, because tables refer to each other in a circle."""

    table: Table
    field: str


def tables() -> list[Table]:
    """Return every table with rows of companies but that of the companies themselves, those first that nobody refers to.

    Raises UndecidedTableError.
    """
    paths = paths_of(_models())
    order, _ = _order(paths)
    return [Table(model, paths[model]) for model in order if model is not Company]


def ties() -> list[Tie]:
    """Return the references that go first."""
    paths = paths_of(_models())
    _, untied = _order(paths)
    return [Tie(Table(model, paths[model]), field) for model, field in untied]


def paths_of(known: Sequence[Model]) -> dict[Model, str]:
    """Return, of each of these tables that has rows of companies, how it leads to the company. PURE.

    Raises UndecidedTableError.
    """
    paths: dict[Model, str] = {Company: "pk"}
    while found := dict(_next(known, paths)):
        paths |= found
    for model in known:
        if model not in paths and any(target in paths for _, target in _keys(model)):
            message = (
                f"{model._meta.label} refers to rows of companies, but its rows belong to no company for certain: give "  # noqa: SLF001
                "it a foreign key to Company that is never empty"
            )
            raise UndecidedTableError(message)
    return paths


def _next(known: Sequence[Model], paths: dict[Model, str]) -> Iterator[tuple[Model, str]]:
    for model in known:
        firm = [(field, target) for field, target in _keys(model) if not field.null and target in paths]
        if model not in paths and firm:
            field, target = min(firm, key=lambda each: paths[each[1]].count("__"))
            yield model, field.name if target is Company else f"{field.name}__{paths[target]}"


def _models() -> list[Model]:
    return list(apps.get_models(include_auto_created=True))


def _keys(model: Model) -> Iterator[tuple["models.ForeignKey[Any, Any]", Model]]:
    for field in model._meta.concrete_fields:  # noqa: SLF001  # Django's public name
        if isinstance(field, models.ForeignKey):
            yield field, field.remote_field.model


def _order(paths: dict[Model, str]) -> tuple[list[Model], list[tuple[Model, str]]]:
    """Return the tables in an order in which they can be emptied, and the references that must be empty before."""
    edges = {(model, target): field for model in paths for field, target in _keys(model) if target in paths}
    untied = [(model, field.name) for (model, target), field in edges.items() if model is target]
    left = {edge for edge in edges if edge[0] is not edge[1]}
    while True:
        try:
            return _sorted(paths, left), untied
        except CycleError as error:
            loose = _loose(error.args[1], left)
            untied += [(edge[0], field.name) for edge in loose for field, target in _keys(edge[0]) if target is edge[1]]
            left -= set(loose)


def _sorted(paths: dict[Model, str], edges: set[Edge]) -> list[Model]:
    sorter = TopologicalSorter({model: [child for child, target in edges if target is model] for model in paths})
    return list(sorter.static_order())


def _loose(circle: list[Model], left: set[Edge]) -> list[Edge]:
    """Return the references of a circle that may be empty. Raises UndecidedTableError where none may."""
    around = {frozenset(pair) for pair in pairwise(circle)}
    found = [edge for edge in left if frozenset(edge) in around and all(each.null for each in _between(edge))]
    if not found:
        names = ", ".join(model._meta.label for model in circle)  # noqa: SLF001
        raise UndecidedTableError(f"{names} refer to each other in a circle, and none of the references may be empty")
    return found


def _between(edge: Edge) -> list["models.ForeignKey[Any, Any]"]:
    return [field for field, target in _keys(edge[0]) if target is edge[1]]
