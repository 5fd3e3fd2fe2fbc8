"""Where an email address breaks at the end of a line, and that a copied one is the same."""

import re
from html import unescape

import pytest

from crm.platform.web.rendering.address_breaks import render_breakable

# The address, and its parts that stay on one line.
ADDRESSES = {
    "before the @ and after the dot": ("ana@example.com", ["ana", "@example.", "com"]),
    "after each dot": (
        "ana.maria.pop@mail.example.co.uk",
        ["ana.", "maria.", "pop", "@mail.", "example.", "co.", "uk"],
    ),
    "not at a hyphen or an underscore": ("ana-maria_pop@example", ["ana-maria_pop", "@example"]),
    "a dot before the @ leaves one break": ("ana.@example.com", ["ana.", "@example.", "com"]),
    "two dots are not taken apart": ("ana..pop@example.com", ["ana..", "pop", "@example.", "com"]),
    "a dot at the end": ("ana@example.", ["ana", "@example."]),
    "no address": ("Ana", ["Ana"]),
    "nothing": ("", [""]),
    "two addresses": ("a@b.c, d@e.f", ["a", "@b.", "c, d", "@e.", "f"]),
    "characters of HTML": ('"<b>"@example.com', ["&quot;&lt;b&gt;&quot;", "@example.", "com"]),
}


@pytest.mark.parametrize(("address", "parts"), ADDRESSES.values(), ids=ADDRESSES)
def test_where_an_address_may_break(address, parts):
    drawn = render_breakable(address)
    assert drawn.split("<wbr>") == parts
    assert unescape(re.sub("<wbr>", "", drawn)) == address
