"""How the list of changes counts: what happened to the records, in the word for it."""

import pytest

from crm.models import Operation
from crm.records.history.visible_operations import OperationLine

ADDED = {"added": 7, "changed": 0}
COUNTS = {
    "an edit": ({"kind": "edit"}, "7 leads changed"),
    "records that were added": ({"kind": "add"}, "7 leads added"),
    "a deletion": ({"kind": "bin"}, "7 leads moved to Trash"),
    "a restoration": ({"kind": "restore"}, "7 leads restored"),
    "a permanent deletion": ({"kind": "purge"}, "7 leads deleted permanently"),
    "any other verb": ({"kind": "assign"}, "7 leads changed"),
    "the undo of an edit": ({"undoes": {"kind": "edit"}}, "7 leads undone"),
    "the undo of added records": ({"undoes": {"kind": "add"}}, "7 leads moved to Trash"),
    "the undo of a deletion": ({"undoes": {"kind": "bin"}}, "7 leads restored"),
    "the undo of a restoration": ({"undoes": {"kind": "restore"}}, "7 leads moved to Trash"),
    "the undo of a permanent deletion": ({"undoes": {"kind": "purge"}}, "7 leads restored"),
    "the undo of an import that only added": (
        {"undoes": {"kind": "import", "parameters": ADDED}}, "7 leads moved to Trash",
    ),
    "the undo of an import that changed some": (
        {"undoes": {"kind": "import", "parameters": {"added": 4, "changed": 3}}}, "7 leads undone",
    ),
    "the undo of an import that added none": (
        {"undoes": {"kind": "import", "parameters": {"added": 0, "changed": 7}}}, "7 leads undone",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("values", "words"), COUNTS.values(), ids=COUNTS)
def test_how_a_change_is_counted(values, words):
    undone = Operation(table="lead", **values["undoes"]) if "undoes" in values else None
    record = Operation(table="lead", changed=7, undoes=undone, kind=values.get("kind", "undo"))
    line = OperationLine(record, "", undone=False, half_undone=False, may_undo=False)
    assert line.count_text == words
