"""What Xero refuses: one rule = one named function, its source and certainty in its docstring; see localkit.rules."""
