"""Invoices as PDF, in any language and script; knows no database and no socket, only the fonts of this machine."""
