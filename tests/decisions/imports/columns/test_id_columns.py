"""Which column of a file has the IDs of another program, and what the field that keeps them is called."""

import pytest

from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.file_columns import ColumnContent
from crm.transfer.imports.columns.id_columns import LABEL, IdColumn, find_id_column


def column(heading: str, *texts: str) -> ColumnContent:
    found = ColumnContent(heading)
    for text in texts:
        found.add_cell("s", text)
    return found


# The kind, the headers with a cell each, and the place and the label
CASES = {
    "an ID": ("deal", {"ID": "17", "Name": "Renewal"}, (0, LABEL)),
    "an ID that isn’t first": ("deal", {"Name": "Renewal", "Record Id": "zcrm_17"}, (1, LABEL)),
    "a long ID": ("company", {"UUID": "c776ee49-f608-4a77-8cc8-6fe96ae1e43"}, (0, LABEL)),
    "an ID that says what it numbers": ("deal", {"Opportunity ID": "17"}, (0, "Opportunity ID")),
    "a number with a prefix": ("deal", {"Potential No": "POT17"}, (0, "Potential No")),
    "a number of an account": ("company", {"Account Number": "A-17"}, (0, "Account Number")),
    "an ID of a contact": ("contact", {"Person ID": "17"}, (0, "Person ID")),
    "the first of two": ("deal", {"Opportunity ID": "1", "ID": "2"}, (0, "Opportunity ID")),
    "our own header with the IDs of another program": ("lead", {"Lead ID": "17"}, (0, LABEL)),
    "an ID of something else": ("deal", {"Company ID": "17", "Owner ID": "4"}, None),
    "a running number": ("deal", {"Nr. crt.": "1", "#": "1", "No": "1"}, None),
    "a tax ID": ("company", {"Tax ID": "RO17"}, None),
    "a text with spaces": ("deal", {"ID": "Renewal of Alfa"}, None),
    "an empty column": ("deal", {"ID": ""}, None),
    "a column with a field": ("deal", {"id (ours)": "17"}, None),
}


@pytest.mark.parametrize(("of", "cells", "found"), CASES.values(), ids=CASES)
def test_a_column_of_ids(of, cells, found, on_paper):
    columns = [column(heading, *filter(None, [text])) for heading, text in cells.items()]
    got = find_id_column(KINDS[of], columns, [""] * len(columns))
    assert got == (IdColumn(*found) if found else None)


def test_a_column_that_is_mapped_to_something_else_is_left_alone(on_paper):
    columns = [column("ID", "17"), column("Record ID", "18")]
    assert find_id_column(KINDS["deal"], columns, ["name", ""]) == IdColumn(1, LABEL)


def test_one_text_with_spaces_among_the_ids_says_that_they_are_names(on_paper):
    assert find_id_column(KINDS["deal"], [column("ID", "17", "Renewal of Alfa")], [""]) is None
