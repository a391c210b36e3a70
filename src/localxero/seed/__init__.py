"""Where every start begins: contents is what there is, tables is what it is made of."""

from localxero.seed.contents import COMPANY_CONTACT, DEFAULT_APP, PEOPLE, SUPPLIER_CONTACT, organisations

__all__ = ["COMPANY_CONTACT", "DEFAULT_APP", "PEOPLE", "SUPPLIER_CONTACT", "organisations"]
