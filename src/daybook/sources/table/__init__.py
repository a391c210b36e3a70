"""PURE: orders in rows: CSV and XLSX."""
