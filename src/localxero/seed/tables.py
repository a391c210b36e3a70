"""What the seeded organisations are made of: charts, tax rates, names and products, as plain tables.

Chart codes and tax types are those of xero-rules.md 5.7 and 5.8. Companies and people are invented.
"""

EVERY_CLASS = frozenset({"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"})
INCOME = EVERY_CLASS - {"EXPENSE"}
OUTGO = EVERY_CLASS - {"REVENUE"}

# code, name, type, class, tax (a name of TAXES below), system account
CHART = (
    ("090", "Business Bank Account", "BANK", "ASSET", "none", ""),
    ("091", "Business Savings Account", "BANK", "ASSET", "none", ""),
    ("200", "Sales", "REVENUE", "REVENUE", "sales", ""),
    ("260", "Other Revenue", "REVENUE", "REVENUE", "sales", ""),
    ("270", "Interest Income", "OTHERINCOME", "REVENUE", "no_sales", ""),
    ("300", "Purchases", "DIRECTCOSTS", "EXPENSE", "purchases", ""),
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "EXPENSE", "purchases", ""),
    ("320", "Direct Wages", "DIRECTCOSTS", "EXPENSE", "none", ""),
    ("400", "Advertising", "EXPENSE", "EXPENSE", "purchases", ""),
    ("404", "Bank Fees", "EXPENSE", "EXPENSE", "none", ""),
    ("425", "Freight & Courier", "EXPENSE", "EXPENSE", "purchases", ""),
    ("429", "General Expenses", "EXPENSE", "EXPENSE", "purchases", ""),
    ("453", "Office Expenses", "EXPENSE", "EXPENSE", "purchases", ""),
    ("461", "Printing & Stationery", "EXPENSE", "EXPENSE", "purchases", ""),
    ("485", "Subscriptions", "EXPENSE", "EXPENSE", "purchases", ""),
    ("497", "Bank Revaluations", "EXPENSE", "EXPENSE", "none", "BANKCURRENCYGAIN"),
    ("498", "Unrealised Currency Gains", "EXPENSE", "EXPENSE", "none", "UNREALISEDCURRENCYGAIN"),
    ("499", "Realised Currency Gains", "EXPENSE", "EXPENSE", "none", "REALISEDCURRENCYGAIN"),
    ("610", "Accounts Receivable", "CURRENT", "ASSET", "none", "DEBTORS"),
    ("620", "Prepayments", "CURRENT", "ASSET", "none", ""),
    ("630", "Inventory", "INVENTORY", "ASSET", "none", ""),
    ("710", "Office Equipment", "FIXED", "ASSET", "purchases", ""),
    ("800", "Accounts Payable", "CURRLIAB", "LIABILITY", "none", "CREDITORS"),
    ("801", "Unpaid Expense Claims", "CURRLIAB", "LIABILITY", "none", "UNPAIDEXPCLM"),
    ("820", "", "CURRLIAB", "LIABILITY", "none", "GST"),
    ("840", "Historical Adjustment", "CURRLIAB", "LIABILITY", "none", "HISTORICAL"),
    ("860", "Rounding", "CURRLIAB", "LIABILITY", "none", "ROUNDING"),
    ("877", "Tracking Transfers", "CURRLIAB", "LIABILITY", "none", "TRACKINGTRANSFERS"),
    ("960", "Retained Earnings", "EQUITY", "EQUITY", "none", "RETAINEDEARNINGS"),
    ("970", "Owner A Share Capital", "EQUITY", "EQUITY", "none", ""),
)

# The usual chart of the United States has numbers of its own (xero-rules.md 5.8, unsure): 200 is a liability there.
US_CHART = (
    ("090", "Checking Account", "BANK", "ASSET", "none", ""),
    ("092", "Savings Account", "BANK", "ASSET", "none", ""),
    ("120", "Accounts Receivable", "CURRENT", "ASSET", "none", "DEBTORS"),
    ("130", "Prepayments", "CURRENT", "ASSET", "none", ""),
    ("140", "Inventory", "INVENTORY", "ASSET", "none", ""),
    ("150", "Office Equipment", "FIXED", "ASSET", "none", ""),
    ("200", "Accounts Payable", "CURRLIAB", "LIABILITY", "none", "CREDITORS"),
    ("210", "Unpaid Expense Claims", "CURRLIAB", "LIABILITY", "none", "UNPAIDEXPCLM"),
    ("220", "Sales Tax", "CURRLIAB", "LIABILITY", "none", "GST"),
    ("255", "Historical Adjustment", "CURRLIAB", "LIABILITY", "none", "HISTORICAL"),
    ("260", "Rounding", "CURRLIAB", "LIABILITY", "none", "ROUNDING"),
    ("265", "Tracking Transfers", "CURRLIAB", "LIABILITY", "none", "TRACKINGTRANSFERS"),
    ("300", "Owners Contribution", "EQUITY", "EQUITY", "none", ""),
    ("320", "Retained Earnings", "EQUITY", "EQUITY", "none", "RETAINEDEARNINGS"),
    ("400", "Sales", "REVENUE", "REVENUE", "sales", ""),
    ("460", "Interest Income", "OTHERINCOME", "REVENUE", "no_sales", ""),
    ("470", "Other Revenue", "REVENUE", "REVENUE", "sales", ""),
    ("500", "Cost of Goods Sold", "DIRECTCOSTS", "EXPENSE", "purchases", ""),
    ("510", "Purchases", "DIRECTCOSTS", "EXPENSE", "purchases", ""),
    ("600", "Advertising", "EXPENSE", "EXPENSE", "purchases", ""),
    ("604", "Bank Service Charges", "EXPENSE", "EXPENSE", "none", ""),
    ("620", "Freight & Delivery", "EXPENSE", "EXPENSE", "purchases", ""),
    ("628", "General Expenses", "EXPENSE", "EXPENSE", "purchases", ""),
    ("700", "Bank Revaluations", "EXPENSE", "EXPENSE", "none", "BANKCURRENCYGAIN"),
    ("800", "Unrealized Currency Gains", "EXPENSE", "EXPENSE", "none", "UNREALISEDCURRENCYGAIN"),
    ("810", "Realized Currency Gains", "EXPENSE", "EXPENSE", "none", "REALISEDCURRENCYGAIN"),
)
US_ROLES = {"sales": "400", "cost": "500", "purchases": "510", "inventory": "140"}
ROLES = {"sales": "200", "cost": "310", "purchases": "300", "inventory": "630"}

GB_TAXES = (
    ("OUTPUT2", "20% (VAT on Income)", "20", INCOME),
    ("RROUTPUT", "5% (VAT on Income)", "5", INCOME),
    ("ZERORATEDOUTPUT", "Zero Rated Income", "0", INCOME),
    ("EXEMPTOUTPUT", "Exempt Income", "0", INCOME),
    ("INPUT2", "20% (VAT on Expenses)", "20", OUTGO),
    ("RRINPUT", "5% (VAT on Expenses)", "5", OUTGO),
    ("ZERORATEDINPUT", "Zero Rated Expenses", "0", OUTGO),
    ("EXEMPTINPUT", "Exempt Expenses", "0", OUTGO),
    ("NONE", "No VAT", "0", EVERY_CLASS),
)
AU_TAXES = (
    ("OUTPUT", "GST on Income", "10", INCOME),
    ("EXEMPTOUTPUT", "GST Free Income", "0", INCOME),
    ("EXEMPTEXPORT", "GST Free Exports", "0", INCOME),
    ("INPUT", "GST on Expenses", "10", OUTGO),
    ("EXEMPTEXPENSES", "GST Free Expenses", "0", OUTGO),
    ("EXEMPTCAPITAL", "GST Free Capital", "0", OUTGO),
    ("BASEXCLUDED", "BAS Excluded", "0", EVERY_CLASS),
)
US_TAXES = (
    ("TAX001", "New York City Sales Tax", "8.875", INCOME),
    ("TAX002", "Connecticut Sales Tax", "6.35", INCOME),
    ("OUTPUT", "Tax on Sales", "0", INCOME),
    ("INPUT", "Tax on Purchases", "0", OUTGO),
    ("NONE", "Tax Exempt", "0", EVERY_CLASS),
)
US_COMPONENTS = {
    "TAX001": (("New York State", "4"), ("New York City", "4.5"), ("Commuter District", "0.375")),
    "TAX002": (("Connecticut", "6.35"),),
}
REPORT_TAX_TYPES = {
    "TAX001": "USSALESTAX",
    "TAX002": "USSALESTAX",
    "OUTPUT2": "OUTPUT",
    "RROUTPUT": "OUTPUT",
    "INPUT2": "INPUT",
    "RRINPUT": "INPUT",
}
GB_CHART_TAXES = {"sales": "OUTPUT2", "purchases": "INPUT2", "no_sales": "EXEMPTOUTPUT", "none": "NONE"}
AU_CHART_TAXES = {
    "sales": "OUTPUT",
    "purchases": "INPUT",
    "no_sales": "EXEMPTOUTPUT",
    "none": "BASEXCLUDED",
}

TRACKING = {"Region": ("North", "South", "East", "West"), "Channel": ("Web shop", "Marketplace", "Wholesale")}
US_CHART_TAXES = {"sales": "TAX001", "purchases": "INPUT", "no_sales": "NONE", "none": "NONE"}

FIRST = ("Amber", "Beacon", "Cobalt", "Dune", "Elder", "Fable", "Garnet", "Harbour", "Indigo", "Juniper")
SECOND = ("Gifts", "Trading", "Interiors", "Outfitters")
# Names of the many: 20 x 15 more contacts, 6 x 6 x 7 more items, 24 of them tracked.
PLACES = (
    *("Maple", "Northgate", "Willow", "Castle", "Foxglove", "Millbrook", "Heron", "Oakham", "Sandpiper", "Larch"),
    *("Kestrel", "Moorland", "Quayside", "Rowan", "Thistle", "Bramley", "Copper", "Dovecote", "Eastfield", "Granary"),
)
TRADES = (
    *("Studio", "Supplies", "Bakery", "Books", "Ceramics", "Cycles", "Design", "Events"),
    *("Florists", "Hardware", "Joinery", "Motors", "Nurseries", "Stationers", "Textiles"),
)
GARMENTS = (
    ("POLO", "Polo shirt", "5.10", "19.50"),
    ("SWEAT", "Sweatshirt", "8.40", "27.00"),
    ("VEST", "Vest", "2.90", "11.00"),
    ("APRON", "Apron", "4.20", "16.00"),
    ("CAP", "Cap", "2.35", "12.50"),
    ("SOCKS", "Socks", "1.15", "6.95"),
)
SIZES = ("XS", "S", "M", "L", "XL", "XXL")
COLOURS = ("WHT", "BLK", "NVY", "RED", "GRN", "GRY", "SND")
FRAMES = (("A5", "1.80", "7.50"), ("A4", "2.60", "9.95"), ("A3", "4.10", "14.95"), ("A2", "6.75", "22.50"))
WOODS = ("OAK", "ASH", "PINE", "WALNUT", "BLACK", "WHITE")
# code, name, purchase price, sales price, tracked
PRODUCTS = (
    ("MUG-11OZ", "Ceramic mug 11oz", "2.15", "9.9900", False),
    ("MUG-15OZ", "Ceramic mug 15oz", "2.80", "12.4900", False),
    ("TEE-S-WHT", "T-shirt white S", "3.40", "15.0000", False),
    ("TEE-M-WHT", "T-shirt white M", "3.40", "15.0000", False),
    ("TEE-L-BLK", "T-shirt black L", "3.75", "16.5000", False),
    ("HOOD-M-GRY", "Hoodie grey M", "11.20", "34.9500", False),
    ("CANVAS-A3", "Canvas print A3", "5.6250", "24.9900", False),
    ("POSTER-50x70", "Poster 50 x 70", "1.9875", "14.5000", False),
    ("TOTE-NAT", "Tote bag natural", "1.6500", "8.7500", False),
    ("CARD-A6", "Greeting card A6", "0.3125", "2.9500", False),
    ("SHIPPING", "Shipping", "0", "3.9500", False),
    ("STOCK-MUG", "Stocked mug", "2.1500", "9.9900", True),
    ("STOCK-TEE", "Stocked T-shirt", "3.4000", "15.0000", True),
    ("STOCK-FRAME", "Stocked frame", "6.2500", "19.9500", True),
    ("STOCK-EMPTY", "Stocked, none on hand", "1.0000", "4.9900", True),
)
ON_HAND = {"STOCK-MUG": 100, "STOCK-TEE": 40, "STOCK-FRAME": 10}

CURRENCIES = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound",
    "NZD": "New Zealand Dollar",
    "USD": "United States Dollar",
}
