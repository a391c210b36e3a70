"""PURE: one order and one company's rules become accounting documents, or a reason why not yet."""
