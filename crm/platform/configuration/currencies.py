"""The currencies that are always offered, by their codes."""

CURRENCIES = [
    "EUR",
    "RON",
    "USD",
    "GBP",
    "CHF",
    "PLN",
    "CZK",
    "HUF",
    "BGN",
    "SEK",
    "NOK",
    "DKK",
    "UAH",
    "TRY",
    "MDL",
]
