"""ISO 3166 countries: how a code or an English name in a payload becomes the upper-case alpha-2 code."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["country_code"]

_COUNTRIES = """
AD AND Andorra|AE ARE United Arab Emirates|AF AFG Afghanistan|AG ATG Antigua and Barbuda|AI AIA Anguilla|AL ALB Albania
AM ARM Armenia|AO AGO Angola|AQ ATA Antarctica|AR ARG Argentina|AS ASM American Samoa|AT AUT Austria|AU AUS Australia
AW ABW Aruba|AX ALA Åland Islands|AZ AZE Azerbaijan|BA BIH Bosnia and Herzegovina|BB BRB Barbados|BD BGD Bangladesh
BE BEL Belgium|BF BFA Burkina Faso|BG BGR Bulgaria|BH BHR Bahrain|BI BDI Burundi|BJ BEN Benin|BL BLM Saint Barthélemy
BM BMU Bermuda|BN BRN Brunei Darussalam|BO BOL Bolivia|BQ BES Bonaire, Sint Eustatius and Saba|BR BRA Brazil
BS BHS Bahamas|BT BTN Bhutan|BV BVT Bouvet Island|BW BWA Botswana|BY BLR Belarus|BZ BLZ Belize|CA CAN Canada
CC CCK Cocos (Keeling) Islands|CD COD Congo, The Democratic Republic of the|CF CAF Central African Republic|CG COG Congo
CH CHE Switzerland|CI CIV Côte d'Ivoire|CK COK Cook Islands|CL CHL Chile|CM CMR Cameroon|CN CHN China|CO COL Colombia
CR CRI Costa Rica|CU CUB Cuba|CV CPV Cabo Verde|CW CUW Curaçao|CX CXR Christmas Island|CY CYP Cyprus|CZ CZE Czechia
DE DEU Germany|DJ DJI Djibouti|DK DNK Denmark|DM DMA Dominica|DO DOM Dominican Republic|DZ DZA Algeria|EC ECU Ecuador
EE EST Estonia|EG EGY Egypt|EH ESH Western Sahara|ER ERI Eritrea|ES ESP Spain|ET ETH Ethiopia|FI FIN Finland|FJ FJI Fiji
FK FLK Falkland Islands (Malvinas)|FM FSM Micronesia, Federated States of|FO FRO Faroe Islands|FR FRA France
GA GAB Gabon|GB GBR United Kingdom|GD GRD Grenada|GE GEO Georgia|GF GUF French Guiana|GG GGY Guernsey|GH GHA Ghana
GI GIB Gibraltar|GL GRL Greenland|GM GMB Gambia|GN GIN Guinea|GP GLP Guadeloupe|GQ GNQ Equatorial Guinea|GR GRC Greece
GS SGS South Georgia and the South Sandwich Islands|GT GTM Guatemala|GU GUM Guam|GW GNB Guinea-Bissau|GY GUY Guyana
HK HKG Hong Kong|HM HMD Heard Island and McDonald Islands|HN HND Honduras|HR HRV Croatia|HT HTI Haiti|HU HUN Hungary
ID IDN Indonesia|IE IRL Ireland|IL ISR Israel|IM IMN Isle of Man|IN IND India|IO IOT British Indian Ocean Territory
IQ IRQ Iraq|IR IRN Iran|IS ISL Iceland|IT ITA Italy|JE JEY Jersey|JM JAM Jamaica|JO JOR Jordan|JP JPN Japan
KE KEN Kenya|KG KGZ Kyrgyzstan|KH KHM Cambodia|KI KIR Kiribati|KM COM Comoros|KN KNA Saint Kitts and Nevis
KP PRK North Korea|KR KOR South Korea|KW KWT Kuwait|KY CYM Cayman Islands|KZ KAZ Kazakhstan|LA LAO Laos|LB LBN Lebanon
LC LCA Saint Lucia|LI LIE Liechtenstein|LK LKA Sri Lanka|LR LBR Liberia|LS LSO Lesotho|LT LTU Lithuania
LU LUX Luxembourg|LV LVA Latvia|LY LBY Libya|MA MAR Morocco|MC MCO Monaco|MD MDA Moldova|ME MNE Montenegro
MF MAF Saint Martin (French part)|MG MDG Madagascar|MH MHL Marshall Islands|MK MKD North Macedonia|ML MLI Mali
MM MMR Myanmar|MN MNG Mongolia|MO MAC Macao|MP MNP Northern Mariana Islands|MQ MTQ Martinique|MR MRT Mauritania
MS MSR Montserrat|MT MLT Malta|MU MUS Mauritius|MV MDV Maldives|MW MWI Malawi|MX MEX Mexico|MY MYS Malaysia
MZ MOZ Mozambique|NA NAM Namibia|NC NCL New Caledonia|NE NER Niger|NF NFK Norfolk Island|NG NGA Nigeria|NI NIC Nicaragua
NL NLD Netherlands|NO NOR Norway|NP NPL Nepal|NR NRU Nauru|NU NIU Niue|NZ NZL New Zealand|OM OMN Oman|PA PAN Panama
PE PER Peru|PF PYF French Polynesia|PG PNG Papua New Guinea|PH PHL Philippines|PK PAK Pakistan|PL POL Poland
PM SPM Saint Pierre and Miquelon|PN PCN Pitcairn|PR PRI Puerto Rico|PS PSE Palestine|PT PRT Portugal|PW PLW Palau
PY PRY Paraguay|QA QAT Qatar|RE REU Réunion|RO ROU Romania|RS SRB Serbia|RU RUS Russian Federation|RW RWA Rwanda
SA SAU Saudi Arabia|SB SLB Solomon Islands|SC SYC Seychelles|SD SDN Sudan|SE SWE Sweden|SG SGP Singapore
SH SHN Saint Helena, Ascension and Tristan da Cunha|SI SVN Slovenia|SJ SJM Svalbard and Jan Mayen|SK SVK Slovakia
SL SLE Sierra Leone|SM SMR San Marino|SN SEN Senegal|SO SOM Somalia|SR SUR Suriname|SS SSD South Sudan
ST STP Sao Tome and Principe|SV SLV El Salvador|SX SXM Sint Maarten (Dutch part)|SY SYR Syria|SZ SWZ Eswatini
TC TCA Turks and Caicos Islands|TD TCD Chad|TF ATF French Southern Territories|TG TGO Togo|TH THA Thailand
TJ TJK Tajikistan|TK TKL Tokelau|TL TLS Timor-Leste|TM TKM Turkmenistan|TN TUN Tunisia|TO TON Tonga|TR TUR Türkiye
TT TTO Trinidad and Tobago|TV TUV Tuvalu|TW TWN Taiwan|TZ TZA Tanzania|UA UKR Ukraine|UG UGA Uganda
UM UMI United States Minor Outlying Islands|US USA United States|UY URY Uruguay|UZ UZB Uzbekistan
VA VAT Holy See (Vatican City State)|VC VCT Saint Vincent and the Grenadines|VE VEN Venezuela
VG VGB Virgin Islands, British|VI VIR Virgin Islands, U.S.|VN VNM Vietnam|VU VUT Vanuatu|WF WLF Wallis and Futuna
WS WSM Samoa|XK XKX Kosovo|YE YEM Yemen|YT MYT Mayotte|ZA ZAF South Africa|ZM ZMB Zambia|ZW ZWE Zimbabwe
"""
_ALIASES = """
AE UAE,Emirates|AX Aland|BN Brunei|BO Bolivia (Plurinational State of),Plurinational State of Bolivia
BQ Caribbean Netherlands,Bonaire|CC Cocos Islands,Keeling Islands
CD Democratic Republic of the Congo,DR Congo,DRC,Congo (Kinshasa),Congo - Kinshasa,Congo (DRC)
CG Republic of the Congo,Congo (Brazzaville),Congo - Brazzaville|CI Ivory Coast
CN People's Republic of China,PRC,Mainland China|CV Cape Verde|CZ Czech Republic
DE Deutschland,Federal Republic of Germany|BA Bosnia|SG Republic of Singapore|SK Slovak Republic
SA Kingdom of Saudi Arabia|ZA Republic of South Africa|VI Virgin Islands of the United States
FK Falkland Islands|FM Micronesia,Federated States of Micronesia
GB UK,Great Britain,Britain,England,Scotland,Wales,Northern Ireland,United Kingdom of Great Britain and Northern Ireland
GB U.K.,United Kingdom (UK)|GE Republic of Georgia|GR EL,Hellas,Hellenic Republic
HK Hong Kong SAR,Hong Kong SAR China,Hong Kong S.A.R. China|IE Republic of Ireland,Eire
IR Islamic Republic of Iran,Iran (Islamic Republic of),Iran, Islamic Republic of
KP Korea (North),Korea, Democratic People's Republic of,Democratic People's Republic of Korea
KR Korea,Korea (South),Republic of Korea,Korea, Republic of,Korea (Republic of)
LA Lao People's Democratic Republic,Lao PDR|LY Libyan Arab Jamahiriya,State of Libya
MD Moldova, Republic of,Republic of Moldova,Moldova (Republic of)
MF Saint Martin,St. Martin|MK Macedonia,Macedonia, The Former Yugoslav Republic of,Republic of North Macedonia,FYROM
MM Burma,Myanmar (Burma)|MO Macau,Macau SAR China,Macao SAR China|NL Holland,Kingdom of the Netherlands,Nederland
PN Pitcairn Islands|PS State of Palestine,Palestine, State of,Palestinian Territory,Palestinian Territories
PS Palestinian Territory, Occupied|RU Russia|SH Saint Helena,St. Helena|ST São Tomé and Príncipe
SX Sint Maarten,St. Maarten|SY Syrian Arab Republic|SZ Swaziland|TL East Timor|TR Turkey
TW Taiwan, Province of China,Taiwan (Province of China),Taiwan, Republic of China
TZ Tanzania, United Republic of,United Republic of Tanzania,Tanzania (United Republic of)
UM US Outlying Islands,U.S. Outlying Islands,US Minor Outlying Islands
US United States of America,United States (US),U.S.,U.S.A.,America
VA Vatican City,Holy See,Vatican,Vatican City State
VC St. Vincent and the Grenadines,St. Vincent & Grenadines|LC St. Lucia|KN St. Kitts & Nevis
BL St. Barthelemy|PM St. Pierre & Miquelon
VE Venezuela (Bolivarian Republic of),Venezuela, Bolivarian Republic of,Bolivarian Republic of Venezuela
VG British Virgin Islands|VI US Virgin Islands,U.S. Virgin Islands,United States Virgin Islands
VN Viet Nam|XK Republic of Kosovo
"""
_COMMA_THEN_SPACE = ", "


def _folded(text: str) -> str:
    """Leave only the letters: without accents, signs, blanks, `and` and the article."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    words = "".join(char if char.isalnum() else " " for char in plain.replace("'", "").replace("’", "")).split()
    return " ".join([word for word in words if word not in {"and", "the"}] or words)


def _entries(table: str) -> list[str]:
    return [entry.strip() for line in table.strip().splitlines() for entry in line.split("|")]


def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in _entries(_COUNTRIES):
        alpha2, alpha3, name = entry.split(" ", 2)
        names |= {alpha2.casefold(): alpha2, alpha3.casefold(): alpha2, _folded(name): alpha2}
    for entry in _entries(_ALIASES):
        alpha2, aliases = entry.split(" ", 1)
        for alias in aliases.replace(_COMMA_THEN_SPACE, "\0").split(","):
            names[_folded(alias.replace("\0", " "))] = alpha2
    return names


_CODES = _names()


@lru_cache(maxsize=1024)
def country_code(text: str | None) -> str | None:
    """Tell the alpha-2 code of a country given by alpha-2, alpha-3 or English name; None when it is unknown.

    Codes that people and the European Union use are understood too: `UK` is `GB`, `EL` is `GR`.
    """
    return _CODES.get(_folded(text)) if text else None
