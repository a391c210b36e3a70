"""What stands around every call: what is remembered, limits, failures, and how Xero refuses."""
