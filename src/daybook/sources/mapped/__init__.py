"""PURE: orders in files whose columns or paths a person has matched with the fields of an order, once for a feed."""
