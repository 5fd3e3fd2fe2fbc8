"""Which records each operator of a condition finds, by the kind of the field, and how a range of numbers reads."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from crm.fields.conditions.field_filters import Contains, build_people_condition
from crm.fields.conditions.operators import (
    NUMBER_OPERATORS,
    PHONE,
    TEXT_OPERATORS,
    build_date_operators,
    drop_needless_emptiness,
)
from crm.fields.conditions.ranges import NumberRange, TypedDayOrMoment
from leads.models import Lead

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 20)


def find(field: str, operators: Any, name: str, value: Any) -> str:
    """The last names of the leads that are found, in order."""
    operator = next(operator for operator in operators if operator.name == name)
    condition = operator.condition(Lead._meta.get_field(field), value)
    return "".join(Lead.objects.filter(condition).order_by("last_name").values_list("last_name", flat=True))


# A text with its capitals and marks, by lead; the last one has none.
TEXTS = {"A": "Oțel Group", "B": "OTEL", "C": "Group Oțel", "D": ""}
OF_TEXTS = {
    "contains": ("contains", "otel", "ABC"),
    "contains it with marks": ("contains", "Oțel", "ABC"),
    "contains a part": ("contains", "group", "AC"),
    "contains both words in one order": ("contains", "group o", "C"),
    "contains another text": ("contains", "steel", ""),
    "is": ("is", "otel", "B"),
    "is in other capitals": ("is", "oțel GROUP", "A"),
    "is only a part": ("is", "ote", ""),
    "is not": ("is_not", "Oțel", "ACD"),
    "is not what no lead has": ("is_not", "steel", "ABCD"),
    "starts with": ("starts", "otel", "AB"),
    "starts with a part of a word": ("starts", "gr", "C"),
    "starts with what another text ends with": ("starts", "roup", ""),
    "is empty": ("empty", "yes", "D"),
    "is filled": ("filled", "yes", "ABC"),
}


@pytest.mark.parametrize("field", ["company", "lost_remark", "description"])
@pytest.mark.parametrize("case", OF_TEXTS.values(), ids=OF_TEXTS)
def test_a_text_is_compared_without_capitals_and_marks(case, field, make_lead):
    """With a key column or without one, in one line or several."""
    name, text, found = case
    for lead, value in TEXTS.items():
        make_lead(lead, **{field: value})
    assert find(field, TEXT_OPERATORS, name, text) == found


KEY_LENGTH = Lead._meta.get_field("company_key").max_length
# How many letters are searched of what lead A has; B has one less, and then something else.
LENGTHS = {
    "as long as the key": KEY_LENGTH,
    "longer than the key": KEY_LENGTH + 1,
    "letters that the key writes as two": KEY_LENGTH // 2 + 1,
}


@pytest.mark.parametrize("case", LENGTHS)
def test_a_long_beginning_is_compared_as_a_whole(case, make_lead):
    """The key of the index ends earlier."""
    letter, length = "ß" if "two" in case else "a", LENGTHS[case]
    make_lead("A", company=letter * length)
    make_lead("B", company=letter * (length - 1) + "x")
    assert find("company", TEXT_OPERATORS, "starts", letter * length) == "A"


# Codes are compared as they are, in small letters and in capitals; the index has them so.
CODES = {
    "as it is": ("is", "ab 1", "AB"),
    "in capitals": ("is", "AB 1", "AB"),
    "in both": ("is", "aB 1", "ABC"),
    "not": ("is_not", "AB 1", "CD"),
    "the beginning": ("starts", "Ab", "ABC"),
    "a part": ("contains", "b 1", "ABC"),
}


@pytest.mark.parametrize("case", CODES.values(), ids=CODES)
def test_a_code(case, make_lead):
    name, text, found = case
    for lead, value in {"A": "AB 1", "B": "ab 1", "C": "aB 1", "D": ""}.items():
        make_lead(lead, zip=value)
    assert find("zip", TEXT_OPERATORS, name, text) == found


PHONES = {
    "contains digits": ("contains", "722 12", "AB"),
    "contains the number as it is typed in the country": ("contains", "0722 123 456", "A"),
    "contains only zeros": ("contains", "00", ""),
    "contains no digits": ("contains", "home", ""),
    "ends with digits": ("ends", "3-456", "A"),
    "ends with digits that come earlier": ("ends", "722", ""),
    "ends with no digits": ("ends", "home", ""),
    "is empty": ("empty", "yes", "C"),
    "is filled": ("filled", "yes", "AB"),
}


@pytest.mark.parametrize("case", PHONES.values(), ids=PHONES)
def test_a_phone_is_compared_by_its_digits(case, make_lead):
    name, text, found = case
    for lead, value in {"A": "+40722123456", "B": "+40722120000", "C": ""}.items():
        make_lead(lead, phone=value, phone_normal=value)
    assert find("phone", PHONE, name, text) == found


NUMBERS = {
    "between, both included": ("between", "5..70", "AB"),
    "between, one value": ("between", "70..70", "B"),
    "from": ("between", "70..", "BC"),
    "up to": ("between", "..70", "AB"),
    "up to zero": ("between", "..0", ""),
    "from zero": ("between", "0..", "ABC"),
    "between two values that no lead is between": ("between", "6..69", ""),
    "is": ("is", "70", "B"),
    "above": ("above", "70", "C"),
    "below": ("below", "70", "A"),
    "is empty": ("empty", "yes", "D"),
    "is filled": ("filled", "yes", "ABC"),
}


@pytest.mark.parametrize("case", NUMBERS.values(), ids=NUMBERS)
def test_a_number(case, make_lead):
    name, text, found = case
    for lead, value in {"A": 5, "B": 70, "C": Decimal("70.5"), "D": None}.items():
        make_lead(lead, value=value)
    operator = next(operator for operator in NUMBER_OPERATORS if operator.name == name)
    assert find("value", NUMBER_OPERATORS, name, operator.value().clean(text)) == found


# The fifth of March is the day in question, of days and of points in time.
DAYS = {
    "before": ("before", "A"),
    "after": ("after", "C"),
    "on or after": ("since", "BC"),
    "between": ("between", "B"),
    "is empty": ("empty", "D"),
    "is filled": ("filled", "ABC"),
}


@pytest.mark.parametrize("case", DAYS.values(), ids=DAYS)
def test_a_day(case, make_lead):
    name, found = case
    day, operators = date(2026, 3, 5), build_date_operators(())
    for lead, number in {"A": 4, "B": 5, "C": 6}.items():
        make_lead(lead, next_action_on=day.replace(day=number))
    make_lead("D")
    value = {"between": (day, day), "empty": "yes", "filled": "yes"}.get(name, day)
    assert find("next_action_on", operators, name, value) == found


PEOPLE = {
    "the user": ("me", "bob"),
    "a colleague": ("{ann}", "ann"),
    "the user and a colleague": ("me {ann}", "ann bob"),
    "the user's department": ("team", "ann ben bob"),
    "the user's department and a colleague elsewhere": ("team {dan}", "ann ben bob dan"),
    "no one": ("none", "no one"),
    "the user or no one": ("me none", "bob no one"),
    "the user's department or no one": ("team none", "ann ben bob no one"),
}


@pytest.mark.parametrize("case", PEOPLE.values(), ids=PEOPLE)
def test_people(case, cast, make_lead):
    values, found = case
    for name in ("ann", "ben", "bob", "dan"):
        make_lead(name, owner=getattr(cast, name))
    make_lead("no one")
    chosen = values.format(ann=cast.ann.pk, dan=cast.dan.pk).split()
    rows = Lead.objects.filter(build_people_condition("owner")(chosen, cast.bob)).order_by("last_name")
    assert " ".join(str(row) for row in rows) == found


def test_a_user_in_no_department_has_no_colleagues_there(cast, make_lead):
    make_lead("ann", owner=cast.ann)
    make_lead("no one")
    cast.bob.memberships.all().delete()
    bob = type(cast.bob).objects.with_rights().get(pk=cast.bob.pk)
    assert not Lead.objects.filter(build_people_condition("owner")(["team"], bob)).exists()


OPERATORS = {"next_action_on": build_date_operators(()), "created_at": build_date_operators((), moments=True)}
ASKED = {
    "a number that may be empty": ("value", NUMBER_OPERATORS, True),
    "points, which every lead has": ("score", NUMBER_OPERATORS, False),
    "a day that may be empty": ("next_action_on", OPERATORS["next_action_on"], True),
    "a moment that every lead has": ("created_at", OPERATORS["created_at"], False),
}


@pytest.mark.parametrize(("field", "operators", "asked"), ASKED.values(), ids=ASKED)
def test_only_a_field_that_can_be_empty_is_asked_whether_it_is(field, operators, asked):
    names = [operator.name for operator in operators]
    assert names[-2:] == ["empty", "filled"]
    found = drop_needless_emptiness(Lead._meta.get_field(field), operators)
    assert [operator.name for operator in found] == (names if asked else names[:-2])


WORDS = {
    "between": ("5..70", "is between 5 and 70"),
    "from": ("5..", "is at least 5"),
    "up to": ("..70", "is at most 70"),
    "from zero": ("0..", "is at least 0"),
    "thousands": ("1250.5..", "is at least 1,250.5"),
}


@pytest.mark.parametrize("case", WORDS.values(), ids=WORDS)
def test_how_a_range_of_numbers_reads(case):
    text, words = case
    assert NUMBER_OPERATORS[0].words(NumberRange().clean(text)) == words


def test_a_condition_asks_for_periods_and_separately_whether_a_day_is_empty():
    (operator,) = (found for found in build_date_operators(("today", "none", "last7")) if found.name == "in")
    assert [value for value, _label in operator.value().choices] == ["today", "last7"]


def test_how_each_operator_without_a_value_reads():
    words = {operator.name: operator.words("yes") for operator in TEXT_OPERATORS[-2:]}
    assert words == {"empty": "is empty", "filled": "isn’t empty"}


@pytest.mark.parametrize(("value", "filtered"), [("x", True), ("", False), (None, False)])
def test_a_filter_without_a_value_is_none(value, filtered):
    asked: list[Q] = []
    rows = SimpleNamespace(filter=lambda condition: asked.append(condition) or "filtered")
    found = Contains(label="City", column="city").filter(rows, value)
    assert (found == "filtered", len(asked)) == (filtered, int(filtered))


TYPED = {
    "a day": ("2026-03-05", date(2026, 3, 5)),
    "a time on the clock of the user": ("2026-03-05T10:00", datetime(2026, 3, 5, 8, tzinfo=UTC)),
    "a time with its zone": ("2026-03-05T10:00:00Z", datetime(2026, 3, 5, 10, tzinfo=UTC)),
    "no time": ("2026-03-05T99:00", None),
}


@pytest.mark.parametrize(("text", "read"), TYPED.values(), ids=TYPED)
def test_a_typed_day_or_time(text, read):
    with timezone.override("Europe/Bucharest"):
        if read is None:
            with pytest.raises(ValidationError):
                TypedDayOrMoment().clean(text)
        else:
            assert TypedDayOrMoment().clean(text) == read
