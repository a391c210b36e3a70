"""Statements of the busiest paths, whose text is made once: an ORM works it out anew each time."""
