"""Which columns say who doesn't want emails, and which of their cells do."""

import pytest

from crm.models import Import
from crm.transfer.imports.columns import opt_out_columns
from crm.transfer.imports.columns.opt_out_columns import describe_opt_outs, has_opted_out, is_opt_out

HEADINGS = {
    "of Zoho and Salesforce": ("Email Opt Out", True),
    "of HubSpot": ("Unsubscribed from all email", True),
    "of a program": ("HasOptedOutOfEmail", True),
    "with other signs": ("E-mail opt-out", True),
    "in Romanian": ("Dezabonat", True),
    "the address": ("Email", False),
    "a consent": ("Opt in", False),
    "a newsletter": ("Newsletter", False),
    "calls": ("Do not call", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize(("heading", "expected"), HEADINGS.values(), ids=HEADINGS)
def test_a_header(heading, expected):
    assert is_opt_out(heading) is expected


CELLS = {
    "yes": ("Yes", True),
    "true": ("TRUE", True),
    "one": ("1", True),
    "yes in Romanian": ("Da", True),
    "the word itself": ("Unsubscribed", True),
    "the day of it": ("2026-03-01", True),
    "no": ("No", False),
    "false": ("false", False),
    "zero": ("0", False),
    "no in Romanian": ("nu", False),
    "a dash": ("-", False),
    "empty": ("", False),
    "spaces": ("  ", False),
    "still subscribed": ("Subscribed", False),
}


@pytest.mark.parametrize(("text", "expected"), CELLS.values(), ids=CELLS)
def test_a_cell(text, expected):
    assert has_opted_out(text) is expected


# Columns with their headers, how many cells are filled, and their fields; the column that is told.
TOLD = {
    "a column of opt-outs": ([("Unsubscribed", 5, "")], "Unsubscribed"),
    "an empty one": ([("Unsubscribed", 0, "")], None),
    "one that is imported": ([("Unsubscribed", 5, "c1")], None),
    "another column": ([("Email", 5, "")], None),
    "the first of two": ([("Email", 5, ""), ("Opt out", 5, ""), ("Unsubscribed", 5, "")], "Opt out"),
    "the first one that has values": ([("Opt out", 0, ""), ("Unsubscribed", 5, "")], "Unsubscribed"),
}


@pytest.mark.parametrize(("columns", "told"), TOLD.values(), ids=TOLD)
def test_what_a_file_tells_about_opt_outs(columns, told, monkeypatch):
    monkeypatch.setattr(opt_out_columns, "WORDS", [lambda imported, heading: f"{heading}!"])
    imported = Import(
        columns=[{"heading": heading, "filled": filled} for heading, filled, _name in columns],
        mapping=[name for _heading, _filled, name in columns],
    )
    assert describe_opt_outs(imported) == ([f"{told}!"] if told else [])
