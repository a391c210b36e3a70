"""PURE: the countries of the European Union and their standard rates of VAT, for rules that are offered ready-made.

Source: European Commission, "VAT rates applied in the Member States" and "Taxes in Europe Database" (taxation-customs.ec.europa.eu),
with the changes of Slovakia (1 January 2025), Estonia (1 July 2025) and Romania (1 August 2025).
"""

from decimal import Decimal

AS_OF = "1 August 2025"
SOURCE = "European Commission, VAT rates applied in the Member States"
_PERCENT = [
    "AT",
    "20",
    "BE",
    "21",
    "BG",
    "20",
    "CY",
    "19",
    "CZ",
    "21",
    "DE",
    "19",
    "DK",
    "25",
    "EE",
    "24",
    "ES",
    "21",
    "FI",
    "25.5",
    "FR",
    "20",
    "GR",
    "24",
    "HR",
    "25",
    "HU",
    "27",
    "IE",
    "23",
    "IT",
    "22",
    "LT",
    "21",
    "LU",
    "17",
    "LV",
    "21",
    "MT",
    "18",
    "NL",
    "21",
    "PL",
    "23",
    "PT",
    "23",
    "RO",
    "21",
    "SE",
    "25",
    "SI",
    "22",
    "SK",
    "23",
]
STANDARD = {country: Decimal(percent) / 100 for country, percent in zip(_PERCENT[::2], _PERCENT[1::2], strict=True)}
"""By country of ISO 3166 (Greece is GR there), a fraction."""
NAMES = {
    "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BG": "Bulgaria", "CA": "Canada", "CH": "Switzerland",
    "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland",
    "FR": "France", "GB": "the United Kingdom", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland",
    "IM": "the Isle of Man", "IT": "Italy", "JP": "Japan", "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta",
    "NL": "the Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland", "PT": "Portugal", "RO": "Romania",
    "SE": "Sweden", "SG": "Singapore", "SI": "Slovenia", "SK": "Slovakia", "US": "the United States", "ZA": "South Africa",
}  # fmt: skip
"""What people call the countries that orders name most; the others are shown by their letters."""
