"""Money as text, ``54000.00 EUR``, and as minor units with a currency."""

import re

_AMOUNT = re.compile(r"([+-]?)(\d{1,15})(?:\.(\d{1,4}))?\s*([A-Z]{3})\Z")
_WITHOUT_CENTS = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)
_WITH_THOUSANDTHS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


def decimals(currency: str) -> int:
    """How many digits of ``currency`` stand behind the point (ISO 4217)."""
    if currency in _WITHOUT_CENTS:
        return 0
    return 3 if currency in _WITH_THOUSANDTHS else 2


def minor_units(text: str) -> tuple[int, str]:
    """``54000.00 EUR`` -> (5400000, "EUR"). Raises ``ValueError`` for what is no amount; it doesn't repeat the text."""
    match = _AMOUNT.match(text.strip())
    if not match:
        raise ValueError("an amount is written with its currency, like 54000.00 EUR")
    sign, whole, fraction, currency = match.groups(default="")
    digits = decimals(currency)
    if fraction[digits:].strip("0"):
        raise ValueError(f"{currency} has {digits} digits behind the point")
    amount = int(whole + fraction[:digits].ljust(digits, "0"))
    return (-amount if sign == "-" else amount), currency


def money_text(minor: int, currency: str) -> str:
    """The one spelling of an amount: every digit that the currency has."""
    digits = decimals(currency)
    text = str(abs(minor)).rjust(digits + 1, "0")
    amount = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return f"{'-' if minor < 0 else ''}{amount} {currency}"
