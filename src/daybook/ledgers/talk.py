"""PURE: questions that a ledger wants asked, one after the other."""

from collections.abc import Generator
from typing import TypeVar

from daybook.wire.asks import Answer, Request

T = TypeVar("T")
Talk = Generator[Request, Answer, T]
"""Yields what to ask, is sent the answer, returns what it found. A failed ask is thrown in as its WireError.

The requests carry a path and a query only: `Ledger.dress` puts the address and the access to them.
"""
