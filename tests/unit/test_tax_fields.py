"""Which of a merchant's own fields hold a tax id."""

from __future__ import annotations

import pytest

from unposted.connectors.tax_fields import holds_tax_id, tax_ids_in


@pytest.mark.parametrize(
    "name",
    ["VAT", "vat number", "VAT-ID", "Tax ID", "Tax Registration Number", "EIN", "USt-IdNr.", "Ust-ID", "GSTIN", "ABN",
     "EIN / Tax ID", "N° TVA", "Numéro de TVA", "Partita IVA", "vat_tax_id", "taxvat", "Umsatzsteuer-ID", "BTW nummer"],
)  # fmt: skip
def test_a_field_for_a_tax_id_is_known_by_its_name(name: str) -> None:
    """The names that merchants give such a field, in any case and with any signs."""
    assert holds_tax_id(name)


@pytest.mark.parametrize(
    "name",
    ["Customer Tax Code", "Tax exempt", "VAT rate", "Tax Total", "Fintech ID", "License Id", "Company ID", "Vatican",
     "Delivery Instructions", "VAT validated", "Tax Class ID", "Einstein fan", "", None],
)  # fmt: skip
def test_another_field_is_not_taken_for_a_tax_id(name: str | None) -> None:
    """Rates, exemptions, codes and other people's ids are no tax ids."""
    assert not holds_tax_id(name)


def test_tax_ids_are_found_in_every_platforms_kind_of_list() -> None:
    """Form fields, extra fields, attributes and custom attributes name their parts differently."""
    fields = [
        {"name": "VAT number", "value": "DE123456789"},
        {"name": "Colour", "value": "blue"},
        {"fieldName": "Tax ID", "fieldValue": 987654320},
        {"attribute_name": "EIN", "attribute_value": "12-3456789"},
        {"attribute_code": "vat_id", "value": ["FR1", None, True]},
        {"attribute_code": "tax_id", "value": None},
        "noise",
    ]
    assert tax_ids_in(fields) == ["DE123456789", "987654320", "12-3456789", "FR1"]
    assert tax_ids_in({"url": "x"}) == []
    assert tax_ids_in(None) == []
