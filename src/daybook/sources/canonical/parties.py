"""PURE: who bought, and where it goes."""

from typing import Annotated

from pydantic import Field

from daybook.sources.canonical.parts import Country, OptionalIdentifier, Strict, Text100, Text500

MOST_ADDRESS_LINES = 5


class Customer(Strict):
    """Who bought; for the reference and for people to read."""

    id: OptionalIdentifier = Field(default="", description="The shop's own id of the customer.")
    name: Text500 = ""
    company: Text500 = ""
    email: Text500 = ""
    vat_number: Text100 = Field(default="", description="As the customer gave it; not checked.")


class Address(Strict):
    """Where to, or whom to bill."""

    name: Text500 = ""
    company: Text500 = ""
    lines: Annotated[list[Text500], Field(max_length=MOST_ADDRESS_LINES)] = Field(
        default_factory=list, description="Street and house; up to 5."
    )
    city: Text500 = ""
    region: Text500 = Field(default="", description="State, province or county.")
    postcode: Text100 = ""
    country: Text100 = Field(default="", description="The country's name.")
    country_code: Country = Field(default="", description="Two letters of ISO 3166: GB.")
    phone: Text100 = ""


class Destination(Strict):
    """Where the sale is taxed."""

    country_code: Country = Field(default="", description="Two letters of ISO 3166: GB.")
    region: Text500 = ""
    postcode: Text100 = ""
