"""PURE: orders as Kornit X pushes them."""
