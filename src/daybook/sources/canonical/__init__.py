"""PURE: the order as Daybook itself defines it: what every source is read into."""
