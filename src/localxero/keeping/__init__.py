"""Writes into the books what rules have let pass, and tells what changed: in the history and in the journal."""
