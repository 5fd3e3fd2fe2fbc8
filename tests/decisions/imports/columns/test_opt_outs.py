"""Which columns say who doesn't want emails, and which of their cells do."""

import pytest

from crm.transfer.imports.columns.opt_out_columns import has_opted_out, is_opt_out

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
