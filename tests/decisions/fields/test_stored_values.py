"""What is stored of a custom field: which values have its type, which records have one, and who waits for whom."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.custom.values.stored_values import (
    Busy,
    annotate_all_values,
    attach_custom_values,
    check_types,
    count_filled_values,
    fits_field_type,
    get_json_value,
    lock_types,
    split_custom_values,
    split_custom_values_of_rows,
    write_values_of_new_records,
)
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.decisions.imports.on_paper import custom

CHOICES = [{"key": "o1", "name": "Gold"}, {"key": "o2", "name": "Silver"}]
FILE = {"name": "a.pdf", "file": "x", "size": 1, "sha256": "y", "content_type": "application/pdf"}
# By type, values that are one and values that aren't; nothing always is.
VALUES: dict[str, tuple[list[Any], list[Any]]] = {
    "text": (["Gold", "12"], [12, True, ["Gold"], {}]),
    "long_text": (["Gold\nSilver"], [12, True]),
    "email": (["a@example.com"], [12]),
    "phone": (["0722"], [722]),
    "url": (["https://a.example"], [1]),
    "number": (["12.5", "12", 12], ["many", True, False, ["12"]]),
    "money": (["12.50", 12], ["many", True]),
    "date": (["2026-05-31"], ["2026-02-30", "soon", 20260531]),
    "moment": (["2026-05-31T10:00:00+00:00"], ["2026-05-31", "2026-05-31T10:00:00Z", "soon", 1]),
    "yes_no": ([True, False], ["yes", 1, 0]),
    "choice": (["o1", "o2"], ["o3", "Gold", ["o1"], 1]),
    "choices": ([["o1"], ["o1", "o2"], []], ["o1", ["o3"], ["o1", "o3"]]),
    "rating": ([3], ["3", True, 3.5]),
    "user": ([7], ["7", True]),
    "link": ([7], ["7", [7], False]),
}
CASES = {
    f"{type}: {value!r}": (type, value, fits)
    for type, both in VALUES.items()
    for fits, values in zip((True, False), both, strict=True)
    for value in (*values, *([None] if fits else ()))
}


@pytest.mark.parametrize(("type", "value", "fits"), CASES.values(), ids=CASES)
def test_whether_a_value_has_the_type_of_its_field(type, value, fits):
    choices = CHOICES if type.startswith("choice") else []
    field = build_model_field(custom("Level", type, choices=choices, decimals=1))
    assert fits_field_type(field, value) is fits


KEPT = FILE | {"has_thumbnail": False}
# A value of a custom field, and how it is stored.
STORED: dict[str, tuple[Any, Any]] = {
    "nothing": (None, None),
    "an empty text": ("", None),
    "no choices": ([], None),
    "a text": ("Gold", "Gold"),
    "yes": (True, True),
    "no, which isn't empty": (False, False),
    "zero, which isn't empty": (Decimal("0"), "0"),
    "a number, without an exponent": (Decimal("1E+3"), "1000"),
    "a day": (date(2026, 5, 1), "2026-05-01"),
    "a moment": (datetime(2026, 5, 1, 10, 0, 7, 9, tzinfo=UTC), "2026-05-01T10:00:07+00:00"),
    "choices": (["o1", "o2"], ["o1", "o2"]),
    "a record": (Lead(pk=7), 7),
    "a file": (build_model_field(custom("Contract", "file")).to_python(KEPT), KEPT),
}  # fmt: skip


@pytest.mark.parametrize(("value", "stored"), STORED.values(), ids=STORED)
def test_how_a_value_is_stored(value, stored):
    assert get_json_value(value) == stored
    assert type(get_json_value(value)) is type(stored)


def test_records_in_trash_are_counted_only_where_they_are_asked_for(make_field, make_lead, ada):
    level, other = make_field("Level"), make_field("Other")
    for name, values in {"A": {level.name: "High"}, "B": {level.name: "Low"}, "C": {other.name: "x"}}.items():
        carry_out(Edit(values), Lead.objects.filter(pk=make_lead(name).pk), by=ada)
    with operation("test", by=None):
        Lead.objects.filter(last_name="B").update(deleted_at=timezone.now())
    assert count_filled_values(level.definition) == 1
    assert count_filled_values(level.definition, everywhere=True) == 2


def test_values_of_several_records_are_checked_field_by_field(make_field):
    """Not each of them has each field."""
    level, rating = make_field("Level").name, make_field("Rating", "rating").name
    check_types(Lead, [{level: "High"}, {rating: 3, level: "Low"}, {}, {rating: None}])
    for patches in ([{level: "High"}, {rating: "3"}], [{rating: "3"}, {level: "High"}], [{level: 3}]):
        with pytest.raises(Busy):
            check_types(Lead, patches)


def test_a_record_has_the_values_and_formulas_of_its_own(make_field, make_lead, ada):
    level, price = make_field("Level").name, make_field("Price", "number").name
    double = make_field("Double", "formula", formula=f"{{{price}}} * 2").name
    old = make_field("Old", "formula", formula=f"{{{price}}} * 3", retired=True).name
    leads = [make_lead(name) for name in "ABC"]
    for lead, values in zip(leads, ({level: "High", price: 2}, {price: 5}), strict=False):
        carry_out(Edit(values), Lead.objects.filter(pk=lead.pk), by=ada)
    found = list(
        annotate_all_values(Lead.objects.filter(pk__in=[lead.pk for lead in leads[1:]])).order_by("pk")
    )
    attach_custom_values(found)
    assert [(getattr(lead, level), getattr(lead, price), getattr(lead, double)) for lead in found] == [
        ("", 5, 10), ("", None, None),
    ]  # fmt: skip
    # A retired formula isn't computed.
    assert not getattr(found[0], old)
    (alone,) = annotate_all_values(Lead.objects.filter(pk=leads[0].pk))
    attach_custom_values([alone], [level])
    assert (getattr(alone, level), hasattr(alone, price), hasattr(alone, double)) == ("High", False, False)


def test_new_records_get_only_their_filled_values(make_field, make_lead):
    level, price = make_field("Level").name, make_field("Price", "number").name
    first, second = make_lead("A"), make_lead("B")
    with operation("test", by=None):
        write_values_of_new_records(
            Lead, [(first.pk, {level: "High", price: None}), (second.pk, {level: None})]
        )
    kept = LeadValues.objects.filter(record__in=[first, second]).values_list("record", "values")
    assert dict(kept) == {first.pk: {level: "High"}}


@pytest.mark.django_db
@pytest.mark.parametrize(("alone", "mode"), [(False, "ShareLock"), (True, "ExclusiveLock")])
def test_values_are_written_together_and_a_type_is_changed_alone(alone, mode):
    lock_types(alone=alone)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'
               AND classid::bigint = hashtext('leadwell.types')::bigint & 4294967295 AND objid = 0"""
        )
        assert cursor.fetchall() == [(mode,)]


# The values of a lead by field, and how those of its custom field are stored; "amount" is that field, "other" one of companies.
SPLIT: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}, {}),
    "fields of the lead alone": ({"city": "Cluj"}, {"city": "Cluj"}, {}),
    "its custom field alone": ({"amount": Decimal("1.5")}, {}, {"amount": "1.5"}),
    "both": ({"city": "Cluj", "amount": None}, {"city": "Cluj"}, {"amount": None}),
    "a key of no field": ({"c1": 7, "amount": Decimal("2")}, {"c1": 7}, {"amount": "2"}),
    "a field of another record type": ({"other": 7}, {"other": 7}, {}),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "own", "custom_ones"), SPLIT.values(), ids=SPLIT)
def test_which_values_are_stored_beside_the_record(values, own, custom_ones, make_field):
    names = {
        "amount": make_field("Amount", "number", decimals=1).name,
        "other": make_field("Other", "number", of="company").name,
    }
    given, own, custom_ones = (
        {names.get(name, name): value for name, value in one.items()} for one in (values, own, custom_ones)
    )
    assert split_custom_values("lead", given) == (own, custom_ones)
    city = ({"city": "Iași"}, {})
    assert split_custom_values_of_rows("lead", [given, city[0]]) == [(own, custom_ones), city]
