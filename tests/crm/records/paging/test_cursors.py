"""Cursors: the places from which the pages before and after begin."""

import pytest
from django.core import signing

from crm.records.paging.keyset_pages import KeysetPosition, parse_cursor

HERE = KeysetPosition("all", ("2026-11-27", "7"))


def test_a_cursor_leads_back_to_its_place():
    assert parse_cursor(HERE.build_cursor("list"), "list") == HERE


def test_the_same_place_has_the_same_cursor_at_any_time(monkeypatch):
    first = HERE.build_cursor("list")
    monkeypatch.setattr(signing.time, "time", lambda: 4_000_000_000)
    assert HERE.build_cursor("list") == first


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        HERE.build_cursor("another list"),
        HERE.build_cursor("list")[:-1],
        "x" + HERE.build_cursor("list"),
        signing.dumps(["list", "all", "2026-11-27", "7"], salt="page"),
        signing.Signer(salt="device").sign_object(["list", "all", "2026-11-27", "7"]),
        signing.Signer(salt="page").sign_object(["list", "all", "2026-11-27"]),
    ],
    ids=["empty", "nonsense", "foreign", "cut", "changed", "dated", "another purpose", "incomplete"],
)
def test_a_foreign_old_or_damaged_cursor_is_none(text):
    assert parse_cursor(text, "list") is None


def test_a_cursor_of_another_installation_is_none(settings):
    text = HERE.build_cursor("list")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 6, []
    assert parse_cursor(text, "list") is None
