"""How clients ask lists: `where`, `order`, pages and the rest (xero-rules.md 6)."""
