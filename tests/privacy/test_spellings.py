"""Addresses, numbers and names are found however they are spelled, in Python and in PostgreSQL alike."""

import pytest
from django.db import connection

from privacy.spelling_variants import Spellings, compile_for_python, erase_pattern

pytestmark = pytest.mark.django_db
ANA = Spellings(
    frozenset({"Ana.Pop@Gone.example"}),
    frozenset({"0722 123 456", "+40722123456"}),
    frozenset({("Ștefana", "Pop-Ionescu")}),
)


def in_database(pattern: str, text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, pattern])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "text",
    [
        "write to ana.pop@gone.example.",
        "email=Ana.Pop%40gone.example&x",
        "Call 0722 123 456!",
        "+40 722-123-456",
        "phone=%2B40%20722%20123%20456",
        "tel:0040722123456",
    ],
)
def test_an_address_or_number_is_found(text):
    assert compile_for_python(ANA.addresses_pattern).search(text)
    assert in_database(ANA.addresses_pattern, text)


@pytest.mark.parametrize(
    "text",
    ["banana.pop@gone.example", "ana.pop@gone.examples", "order 9722123456789", "0722 123 457", "Ștefana"],
)
def test_another_address_or_number_is_not(text):
    assert not compile_for_python(ANA.addresses_pattern).search(text)
    assert not in_database(ANA.addresses_pattern, text)


@pytest.mark.parametrize(
    "text",
    [
        "Ștefana Pop-Ionescu",
        "stefana pop-ionescu",
        "Pop-Ionescu, Ștefana",
        "stefana_pop-ionescu.pdf",
        "q=%C8%98tefana+Pop-Ionescu",
    ],
)
def test_a_full_name_is_found_in_both_orders_and_without_marks(text):
    assert compile_for_python(ANA.full_names_pattern).search(text)
    assert in_database(ANA.full_names_pattern, text)


def test_a_name_alone_is_found_only_where_that_is_asked():
    assert not compile_for_python(ANA.full_names_pattern).search("Pop-Ionescu")
    assert in_database(ANA.any_name_pattern, "searched for pop-ionescu")
    assert not in_database(ANA.any_name_pattern, "Pop-Ionesculescu")


def test_values_are_replaced_at_any_depth():
    value = {"to": ["ana.pop@gone.example", 7], "ana.pop@gone.example": None}
    assert erase_pattern(ANA.addresses_pattern, value) == {"to": ["[erased]", 7], "[erased]": None}


def test_a_person_without_values_is_found_in_nothing():
    empty = Spellings(frozenset(), frozenset(), frozenset())
    assert (empty.addresses_pattern, empty.full_names_pattern, empty.any_name_pattern) == ("", "", "")
