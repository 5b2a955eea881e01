"""Invents people, firms and addresses: every name, e-mail address, phone number and house number comes once."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Literal, TypeVar

from unposted.sandbox.values import Person, Place

__all__ = ["People"]

_Value = TypeVar("_Value")
_FIRST = """
Ada Amos Anika Anton Beatriz Bodil Bram Callum Carmen Cedric Clara Dario Delia Edmund Elif Elina Emeka Esther Ezra
Fabian Farah Felix Freya Gemma Greta Hana Harvey Hugo Ida Imani Iris Ivan Jasper Joana Kaito Keira Lars Leila Lionel
Lucia Magnus Mara Mateo Mei Mina Nadia Nils Noor Olive Omar Otto Paloma Percy Petra Quinn Rafael Rhea Rosa Rufus Saga
Samir Selma Silas Sofia Sunil Tara Tess Tomas Uma Vera Viggo Willa Yara Yusuf Zelda Zoltan
"""
_LAST = """
Achterberg Alvarado Ashdown Bakari Balogun Barrow Beaumont Bellweather Birch Blackwood Boswell Brandt Calloway Cardoso
Chaudhry Colquhoun Corrigan Dallaway Delgado Dufresne Eklund Ellery Farrow Fitzroy Galloway Gansevoort Greenleaf Hale
Halvorsen Harrow Hawthorne Ibarra Ingersoll Jorgensen Kaminski Kestrel Kowalczyk Lachance Langstrom Lockhart Madaki
Marlowe Merriweather Moreau Nakagawa Northcott Novak Oakes Okafor Oyelaran Pemberton Petrov Quimby Ravenscroft Redfern
Rosales Sandoval Sefton Shah Sorensen Stanhope Strand Takahashi Thackeray Thorne Ueda Vandermeer Vasquez Wetherby
Whitlock Winslow Yamada Zielinski
"""
_FIRM_FIRST = """
Alder Amberfield Aspen Beacon Birchwater Bramble Brightwater Cinder Clearbrook Cobalt Copperline Dovetail Elmhurst
Fernhill Foxglove Goldenrod Hazelwick Heron Ironbridge Juniper Kingfisher Lantern Larkspur Maplewood Meadowlark
Millstone Moonstone Oakhaven Orchard Pinecrest Quarry Ridgeline Riverbend Saltmarsh Sandpiper Silverleaf Stonegate
Tamarack Thistle Willowmere
"""
_FIRM_LAST = (
    "Supply Co", "Mercantile", "Home & Garden", "Trading", "Outfitters", "Hospitality", "Interiors", "Hardware",
    "Wholesale Partners", "General Store",
)  # fmt: skip
_STREETS = """
Alder Bay Canal Chestnut Dogwood Elm Foundry Garden Harbor Hickory Juniper Larch Laurel Maple Market Mill Orchard Poplar
Quarry Ridge River Spruce Station Sycamore Walnut Willow
"""
_ENDINGS = ("Street", "Avenue", "Road", "Lane")
_US = (
    ("Albany", "New York", "NY", "122", "518"), ("Asheville", "North Carolina", "NC", "288", "828"),
    ("Austin", "Texas", "TX", "787", "512"), ("Boise", "Idaho", "ID", "837", "208"),
    ("Burlington", "Vermont", "VT", "054", "802"), ("Charleston", "South Carolina", "SC", "294", "843"),
    ("Columbus", "Ohio", "OH", "432", "614"), ("Des Moines", "Iowa", "IA", "503", "515"),
    ("Duluth", "Minnesota", "MN", "558", "218"), ("Madison", "Wisconsin", "WI", "537", "608"),
    ("Omaha", "Nebraska", "NE", "681", "402"), ("Pittsburgh", "Pennsylvania", "PA", "152", "412"),
    ("Portland", "Maine", "ME", "041", "207"), ("Providence", "Rhode Island", "RI", "029", "401"),
    ("Richmond", "Virginia", "VA", "232", "804"), ("Sacramento", "California", "CA", "958", "916"),
    ("Santa Fe", "New Mexico", "NM", "875", "505"), ("Spokane", "Washington", "WA", "992", "509"),
)  # fmt: skip
_CA = (
    ("Calgary", "Alberta", "AB", "T2P", "403"), ("Halifax", "Nova Scotia", "NS", "B3J", "902"),
    ("Kingston", "Ontario", "ON", "K7L", "613"), ("London", "Ontario", "ON", "N6A", "519"),
    ("Regina", "Saskatchewan", "SK", "S4P", "306"), ("Victoria", "British Columbia", "BC", "V8W", "250"),
)  # fmt: skip
_MAIL = ("example.com", "example.org", "example.net")


class People:
    """Hands out people, firm names and tax ids, none of them twice."""

    def __init__(self, rng: Random) -> None:
        """Take the randomness that everything is drawn from."""
        self._rng = rng
        self._names = _shuffled(rng, list(product(_FIRST.split(), _LAST.split())))
        self._firms = _shuffled(rng, [f"{first} {last}" for first, last in product(_FIRM_FIRST.split(), _FIRM_LAST)])
        self._houses = _shuffled(rng, list(range(11, 9990)))
        self._taken = _shuffled(rng, list(range(2_000_000, 7_900_000, 1_733)))
        self._lines = {area: _shuffled(rng, list(range(100, 200))) for *_, area in (*_US, *_CA)}

    def place(self, country: Literal["US", "CA"] = "US") -> Place:
        """Invent an address."""
        return self._place(country)[0]

    def person(self, country: Literal["US", "CA"] = "US", domain: str | None = None) -> Person:
        """Invent somebody with an e-mail address, at `domain` or a private one, and a phone number."""
        place, phone = self._place(country)
        first, last = self._names.pop()
        mail = domain or self._rng.choice(_MAIL)
        return Person(first, last, f"{first}.{last}@{mail}".lower(), phone, place)

    def firm_name(self) -> tuple[str, str]:
        """Invent a firm's name and its domain."""
        name = self._firms.pop()
        return name, "".join(char for char in name.lower() if char.isalpha()) + ".example"

    def tax_digits(self) -> str:
        """Invent the nine digits of a tax id."""
        return f"{self._rng.randint(31, 89)}{self._taken.pop():07d}"

    def _place(self, country: Literal["US", "CA"]) -> tuple[Place, str]:
        rng = self._rng
        city, province, code, zone, area = rng.choice(_US if country == "US" else _CA)
        street = f"{self._houses.pop()} {rng.choice(_STREETS.split())} {rng.choice(_ENDINGS)}"
        two = rng.randint(11, 99)
        rest = str(two) if country == "US" else f" {two // 10}{rng.choice('ABCEGHJ')}{two % 10}"
        phone = f"+1{area}5550{self._lines[area].pop()}"
        return Place(street, city, province, code, zone + rest, country), phone


def _shuffled(rng: Random, values: list[_Value]) -> list[_Value]:
    rng.shuffle(values)
    return values
