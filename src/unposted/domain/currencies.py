"""ISO 4217: which currency codes exist and how many minor digits each has (2 unless listed)."""

from __future__ import annotations

__all__ = ["is_currency", "minor_digits"]

_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_TWO_DIGITS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
CUC HRK LTL LVL EEK SKK MRO STD SLL VEF ZWL BYR ROL TRL RUR
"""
_MINOR = dict.fromkeys(_TWO_DIGITS.split(), 2) | {
    code: digits for digits, codes in _DIGITS.items() for code in codes.split()
}


def is_currency(code: str) -> bool:
    """Tell whether a code is an upper-case ISO 4217 currency, today's or one that recent history used."""
    return code in _MINOR


def minor_digits(code: str) -> int:
    """Tell the number of minor digits of a currency code; raises KeyError for an unknown one."""
    return _MINOR[code]
