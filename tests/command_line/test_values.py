"""What people type: filters, values, ids and names."""

import pytest
from leadwell.commands.bulk import parse_ids
from leadwell.failures import Exit, Failure
from leadwell.field_values import FieldValues
from leadwell.filters import parse_filter
from leadwell.kinds import KINDS
from leadwell.reference_names import resolve_filter
from leadwell.transfer.import_columns import parse_mapping

LEADS = KINDS[0]
TABLES = {
    "statuses": [
        {"id": 1, "name": "New"},
        {"id": 2, "name": "Won"},
        {"id": 9, "name": "New"},
        {"id": 4, "name": "Old", "retired": True},
    ],
    "users": [
        {"id": 5, "name": "Ann Berg", "email": "ann@example.com", "active": True},
        {"id": 6, "name": "Ann Berg", "email": "ann2@example.com", "active": False},
    ],
    "tags": [{"id": 7, "name": "fair"}, {"id": 8, "name": "hot"}],
    "lead-custom-fields": [
        {"key": "c1", "label": "Course", "type": "choice", "choices": [{"key": "o1", "label": "Maths"}]},
        {
            "key": "c2",
            "label": "Topics",
            "type": "choices",
            "choices": [{"key": "o1", "label": "Maths"}, {"key": "o2", "label": "Art"}],
        },
        {"key": "c3", "label": "Size", "type": "number", "choices": []},
        {"key": "c4", "label": "Paid", "type": "yes_no", "choices": []},
        {"key": "c5", "label": "Note", "type": "text", "choices": []},
        {"key": "c6", "label": "Firm", "type": "link", "choices": []},
        {"key": "c7", "label": "Coach", "type": "user", "choices": []},
    ],
}


class Names:
    """Names without a server."""

    def __init__(self) -> None:
        from leadwell.reference_names import ReferenceNames

        self.names = ReferenceNames(None)
        self.names._tables = dict(TABLES)


@pytest.fixture
def names():
    return Names().names


@pytest.fixture
def values(names):
    return FieldValues(LEADS, names)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("status=New", [("status", "New")]),
        ("company.contains=a=b & c", [("company.contains", "a=b & c")]),
        ("any.country= RO ", [("any.country", "RO")]),
        ("?status=3&vip=yes", [("status", "3"), ("vip", "yes")]),
        ("https://crm.example.com/leads?status=3&page=2&q=", [("status", "3")]),
        ("company.is=A%26B", [("company.is", "A%26B")]),
    ],
)
def test_a_filter_is_one_pair_or_those_of_an_address(typed, found):
    assert parse_filter(typed) == found


@pytest.mark.parametrize(
    "typed", ["status", "=New", "owner=", "owner=  ", "?", "https://crm.example.com/leads"]
)
def test_a_filter_that_narrows_nothing_is_refused(typed):
    with pytest.raises(Failure) as refused:
        parse_filter(typed)
    assert refused.value.code is Exit.USAGE


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("status", "won", [("status", "2")]),
        ("status", "New", [("status", "1"), ("status", "9")]),
        ("status", "3", [("status", "3")]),
        ("any.status", "Won", [("any.status", "2")]),
        ("owner", "me", [("owner", "me")]),
        ("owner", "none", [("owner", "none")]),
        ("owner", "ann@example.com", [("owner", "5")]),
        ("tags", "Hot", [("tags", "8")]),
        ("country", "RO", [("country", "RO")]),
        ("city.contains", "New", [("city.contains", "New")]),
    ],
)
def test_a_name_in_a_filter_becomes_an_id(names, name, value, found):
    assert resolve_filter(LEADS, names, name, value) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("city=Vienna", {"city": "Vienna"}),
        ("city=", {"city": None}),
        ("description=a=b", {"description": "a=b"}),
        ("vip=yes", {"vip": True}),
        ("vip=0", {"vip": False}),
        ("status=Won", {"status": 2}),
        ("status=3", {"status": 3}),
        ("owner=none", {"owner": None}),
        ("owner=Ann Berg", {"owner": 5}),
        ("tags=fair, hot", {"tags": [7, 8]}),
        ("tags=", {"tags": []}),
        ("value:=12.5", {"value": 12.5}),
        ('consents:=[{"purpose": 1}]', {"consents": [{"purpose": 1}]}),
        ("c1=maths", {"custom_fields": {"c1": "o1"}}),
        ("c1=o1", {"custom_fields": {"c1": "o1"}}),
        ("c2=Art,Maths", {"custom_fields": {"c2": ["o2", "o1"]}}),
        ("c3=12.0", {"custom_fields": {"c3": 12}}),
        ("c3=-1.5", {"custom_fields": {"c3": -1.5}}),
        ("custom_fields.c4=no", {"custom_fields": {"c4": False}}),
        ("c5=", {"custom_fields": {"c5": None}}),
        ("c6=#17", {"custom_fields": {"c6": 17}}),
        ("c7=ann@example.com", {"custom_fields": {"c7": 5}}),
    ],
)
def test_a_typed_value_becomes_one_of_the_api(values, typed, found):
    assert values.parse([typed]) == found


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("city", "isn't a value"),
        ("=Vienna", "isn't a value"),
        ("vip=maybe", "vip is yes or no"),
        ("status=Nope", "isn't one of the statuses: New, Won, New, Old"),
        ("status=New", "Give the ID of one: 1, 9"),
        ("value:=twelve", "isn't JSON"),
        ("c1=Sport", "isn't a choice of Course: Maths"),
        ("c3=nan", "Size is a number"),
        ("c3=12,5", "Size is a number"),
        ("c6=Omnia", "takes the ID of a record"),
        ("c99=1", "There is no custom field c99"),
    ],
)
def test_a_value_that_means_nothing_is_refused_with_a_sentence(values, typed, sentence):
    with pytest.raises(Failure) as refused:
        values.parse([typed])
    assert sentence in refused.value.sentence


def test_a_retired_name_is_found_if_it_is_the_only_one(names):
    assert names.get_id("statuses", "old") == 4


@pytest.mark.parametrize(("typed", "ids"), [("3,1, 2", [1, 2, 3]), ("5\n4\n\n5\n", [4, 5])])
def test_ids_are_separated_by_commas_or_lines(typed, ids):
    assert parse_ids(typed) == ids


@pytest.mark.parametrize("typed", ["", ",", "1,two", "1.5", "-3"])
def test_what_is_no_id_is_refused(typed):
    with pytest.raises(Failure):
        parse_ids(typed)


def test_a_mapping_ends_with_the_field():
    assert parse_mapping(["E-mail=email", "a=b=city", "Notes="]) == {
        "E-mail": "email",
        "a=b": "city",
        "Notes": "",
    }
    with pytest.raises(Failure):
        parse_mapping(["email"])
