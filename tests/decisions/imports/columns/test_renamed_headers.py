"""Headers that are the labels which administrators gave built-in fields, in both languages."""

from unittest.mock import patch

import pytest

from crm.fields.custom.definitions import built_in_fields
from crm.fields.custom.values.field_registry import build_model_field
from crm.models import BuiltInField
from crm.platform.web.request_cache import cache_reads
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.header_words import HeaderCertainty, get_headers
from tests.decisions.imports.on_paper import ann, custom

RENAMED = {
    "title": {"label": "Function", "label_ro": "Funcție"},
    # A file has no column for it.
    "time_in_status": {"label": "Waiting", "label_ro": "Așteaptă"},
    # Only one of the two labels is its own.
    "city": {"label": "Town hall"},
}
CASES = {
    "the new label": ("Function", "title", HeaderCertainty.OWN),
    "the new label in Romanian": ("Funcție", "title", HeaderCertainty.OWN),
    "in other letters": ("FUNCTION", "title", HeaderCertainty.OWN),
    "the label as delivered": ("Position", "title", HeaderCertainty.OWN),
    "the label of a field without a column": ("Waiting", "", None),
    "one label only": ("Town hall", "city", HeaderCertainty.OWN),
    "a custom field": ("course", "c1", HeaderCertainty.WORD),
    "nothing": ("", "", None),
}


@pytest.mark.parametrize(("header", "name", "surely"), CASES.values(), ids=CASES)
def test_a_renamed_field(header, name, surely):
    changed = {
        ("lead", field): BuiltInField(table_of="lead", name=field, **labels)
        for field, labels in RENAMED.items()
    }
    changed["company", "city"] = BuiltInField(table_of="company", name="city", label="Function")
    # A custom field without a label in Romanian.
    field = build_model_field(custom("Course"))
    known = {"custom fields": {"lead": [field]}, "custom_fields_stamp": "on paper"}
    with cache_reads(**known), patch.dict(built_in_fields._states, {"on paper": changed}):
        found = get_headers(KINDS["lead"], ann()).find_meaning(header)
    assert found[0] == name
    assert not name or found[1] == surely
