"""Reads what the switches of a simulator mean from where they are written: the words below each."""

import ast
import inspect
import itertools


def described(switches: type) -> dict[str, str]:
    """Return what each switch of a class means: the words below it."""
    (struct,) = ast.parse(inspect.getsource(switches)).body
    rows = struct.body if isinstance(struct, ast.ClassDef) else []
    return {
        switch.target.id: words.value.value
        for switch, words in itertools.pairwise(rows)
        if isinstance(switch, ast.AnnAssign) and isinstance(switch.target, ast.Name)
        if isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant) and isinstance(words.value.value, str)
    }
