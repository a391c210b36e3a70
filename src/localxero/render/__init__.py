"""How records are shown: in JSON as Xero writes it, as PDF, as pages."""
