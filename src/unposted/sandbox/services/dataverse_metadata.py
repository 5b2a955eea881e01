"""Answers about the definitions of the emulated environment's tables."""

from __future__ import annotations

from collections.abc import Collection

from unposted.sandbox.dataverse import guid_of
from unposted.sandbox.services.dataverse_limits import refusal
from unposted.sandbox.services.dataverse_tables import TableDefinition
from unposted.sandbox.wire import Answer, Call, json_answer

__all__ = ["definition"]

_NOT_SUPPORTED = ("$orderby", "$top", "$skip", "$count")


def definition(
    table: TableDefinition, columns: Collection[str], call: Call, root: str, is_tracked: bool, *, is_list: bool
) -> Answer:
    """Answer with a table's definition, or with the list of its attributes."""
    for name in _NOT_SUPPORTED:
        if call.first(name) is not None:
            return refusal(400, "0x80060888", f"The query parameter {name} is not supported")
    select = (call.first("$select") or "LogicalName,ChangeTrackingEnabled").split(",")
    context = f"{root}/$metadata#EntityDefinitions"
    if is_list:
        rows = [
            {
                "@odata.type": f"#Microsoft.Dynamics.CRM.{_kind(column)}AttributeMetadata",
                "LogicalName": _attribute(column),
                "MetadataId": guid_of("attributes", f"{table.name} {column}"),
            }
            for column in sorted(columns)
        ]
        return json_answer({"@odata.context": f"{context}('{table.name}')/Attributes(LogicalName)", "value": rows})
    found = {"LogicalName": table.name, "EntitySetName": table.set, "ChangeTrackingEnabled": is_tracked}
    shown = {name: found[name] for name in select if name in found}
    return json_answer({"@odata.context": f"{context}/$entity", **shown, "MetadataId": guid_of("entities", table.name)})


def _attribute(column: str) -> str:
    return column[1:].removesuffix("_value") if column.startswith("_") else column


def _kind(column: str) -> str:
    if column.startswith("_"):
        return "Lookup"
    return "DateTime" if column in {"createdon", "modifiedon", "starttime", "endtime"} else "String"
