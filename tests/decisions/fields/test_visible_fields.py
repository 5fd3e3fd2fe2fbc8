"""Which records have a custom field: by their department and by the value of the field that decides, on the record and in queries."""

from types import SimpleNamespace
from typing import Any

import pytest

from crm.fields.custom.definitions.field_visibility import (
    filter_having_field,
    filter_used_in_department,
    get_condition_texts,
    get_deciding_field,
    get_deciding_fields,
    get_deciding_values,
    get_dependent_fields,
    get_row_id,
    get_row_ids_by_category,
    has_field,
    is_shown,
    replace_deciding_value,
    would_make_a_circle,
)
from crm.fields.custom.values.field_registry import get_custom_field
from crm.models import CustomField
from crm.records.history.verb_execution import operation
from leads.models import Lead
from leads.models.lead import LeadValues

pytestmark = pytest.mark.django_db

# The values of a lead by field, which `fill_in` looks up.
Values = dict[str, Any]


@pytest.fixture
def make_shown(make_field):
    """make_shown("Detail", ("status", ["kind:lost"]), …): a field that is shown for these values of another one."""

    def make(name: str, by: tuple[Any, list[str]] | None, type: str = "text", **values: Any) -> Any:
        if by:
            values["shown_if"] = {"field": getattr(by[0], "name", by[0]), "values": by[1]}
        return make_field(name, type, **values)

    return make


@pytest.fixture
def fields(make_shown, departments, statuses):
    """The fields of leads, each shown for the values in its name."""
    choices = {"choices": ["Maths", "Music", "Dance"]}
    course = make_shown("Course", None, "choice", **choices)
    courses = make_shown("Courses", None, "choices", **choices)
    paid = make_shown("Paid", None, "yes_no")
    of_export = make_shown("Group", None, "choice", departments=[departments.export.pk], **choices)
    of_maths = make_shown("Level", (course, ["o1"]), "choice", **choices)
    retired = make_shown("Old", None, "choice", retired=True, **choices)
    both = [str(statuses.new.pk), "kind:won"]
    return SimpleNamespace(
        course=course,
        courses=courses,
        paid=paid,
        group=of_export,
        level=of_maths,
        plain=make_shown("Plain", None),
        export=make_shown("Export", None, departments=[departments.export.pk]),
        music=make_shown("Music", (course, ["o2"])),
        maths_or_music=make_shown("Maths or music", (course, ["o1", "o2"])),
        some_music=make_shown("Some music", (courses, ["o2"])),
        yes=make_shown("Receipt", (paid, ["yes"])),
        no=make_shown("Reminder", (paid, ["no"])),
        lost=make_shown("Detail", ("status", ["kind:lost"])),
        new_or_won=make_shown("Greeting", ("status", both)),
        export_and_maths=make_shown("Room", (course, ["o1"]), departments=[departments.export.pk]),
        of_group=make_shown("Of a group", (of_export, ["o1"])),
        of_level=make_shown("Of a level", (of_maths, ["o1"])),
        of_retired=make_shown("Of an old field", (retired, ["o1"])),
    )


# The field, what a lead has, and whether it has the field.
RECORDS: dict[str, tuple[str, Values, bool]] = {
    "a field without conditions": ("plain", {}, True),
    "a field of its department": ("export", {"department": "export"}, True),
    "a field of another department": ("export", {"department": "sales"}, False),
    "the chosen value": ("music", {"course": "o2"}, True),
    "another value": ("music", {"course": "o1"}, False),
    "no value": ("music", {}, False),
    "the first of two chosen values": ("maths_or_music", {"course": "o1"}, True),
    "the second of two chosen values": ("maths_or_music", {"course": "o2"}, True),
    "neither of two chosen values": ("maths_or_music", {"course": "o3"}, False),
    "the chosen value among several": ("some_music", {"courses": ["o1", "o2"]}, True),
    "several others": ("some_music", {"courses": ["o1", "o3"]}, False),
    "yes where yes shows it": ("yes", {"paid": True}, True),
    "no where yes shows it": ("yes", {"paid": False}, False),
    "no where no shows it": ("no", {"paid": False}, True),
    "nothing where no shows it": ("no", {}, False),
    "a status of the category": ("lost", {"status": "lost"}, True),
    "a status of another category": ("lost", {"status": "new"}, False),
    "the status that is chosen by itself": ("new_or_won", {"status": "new"}, True),
    "the category that is chosen beside it": ("new_or_won", {"status": "won"}, True),
    "a status that is chosen neither way": ("new_or_won", {"status": "contacted"}, False),
    "the value and the department": ("export_and_maths", {"department": "export", "course": "o1"}, True),
    "the value in another department": ("export_and_maths", {"department": "sales", "course": "o1"}, False),
    "the department without the value": ("export_and_maths", {"department": "export", "course": "o2"}, False),
    "a value of a field that the department has": ("of_group", {"department": "export", "group": "o1"}, True),
    "a value of a field that the department doesn't have": (
        "of_group", {"department": "sales", "group": "o1"}, False,
    ),
    "a value of a field that is shown": ("of_level", {"course": "o1", "level": "o1"}, True),
    "a value of a field that isn't shown": ("of_level", {"course": "o2", "level": "o1"}, False),
    "another value of a field that is shown": ("of_level", {"course": "o1", "level": "o2"}, False),
    "a retired field decides nothing": ("of_retired", {}, True),
}  # fmt: skip


def fill_in(values: Values, fields: Any, departments: Any, statuses: Any) -> dict[str, Any]:
    """By the names of the fields, with rows."""
    found = {"department": departments.sales, "status": statuses.contacted}
    for name, value in values.items():
        if name == "department":
            found[name] = getattr(departments, value)
        elif name == "status":
            found[name] = getattr(statuses, value)
        else:
            found[getattr(fields, name).name] = value
    return found


@pytest.mark.parametrize(("field", "values", "has"), RECORDS.values(), ids=RECORDS)
def test_which_record_has_a_field(field, values, has, fields, departments, statuses, make_lead):
    field, filled = getattr(fields, field), fill_in(values, fields, departments, statuses)
    assert has_field(field, filled) is has
    # Rows may be given by their IDs, as forms have them.
    assert has_field(field, {name: getattr(value, "pk", value) for name, value in filled.items()}) is has
    # A query finds the same by what a lead has …
    lead = make_lead(department=filled["department"], status=filled["status"])
    custom = {name: value for name, value in filled.items() if name not in ("department", "status")}
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values=custom)
    rows = Lead.objects.filter(pk=lead.pk)
    assert rows.filter(filter_having_field(field, {})).exists() is has
    # … and by what is given, whatever a lead has, or for a part of it.
    other = Lead.objects.filter(pk=make_lead(department=departments.export, status=statuses.disqualified).pk)
    given = dict.fromkeys((one.name for one in vars(fields).values()), None) | filled
    assert other.filter(filter_having_field(field, given)).exists() is has
    for name, value in filled.items():
        assert rows.filter(filter_having_field(field, {name: value})).exists() is has, name


def test_a_department_that_is_given_counts_instead_of_that_of_the_record(fields, departments, make_lead):
    here, there = make_lead(), make_lead(department=departments.export)
    every = Lead.objects.filter(pk__in=[here.pk, there.pk])

    def find(field: Any, **given: Any) -> set[Lead]:
        return set(every.filter(filter_used_in_department(field, given)))

    assert find(fields.plain) == find(fields.plain, department=departments.sales) == {here, there}
    assert find(fields.export) == {there}
    assert find(fields.export, department=departments.export) == {here, there}
    assert find(fields.export, department=departments.sales) == set()
    assert find(fields.export, department=None) == set()
    assert find(fields.export, department=str(departments.export.pk)) == {here, there}


# A value as forms, programs or records have it, and what a condition calls it.
TEXTS: dict[str, tuple[Any, set[str]]] = {
    "nothing": (None, set()),
    "an empty text": ("", set()),
    "an empty list": ([], set()),
    "a choice": ("o1", {"o1"}),
    "several choices": (["o1", "o2"], {"o1", "o2"}),
    "a list with nothing in it": (["o1", "", None], {"o1"}),
    "a tuple": (("o1", "o2"), {"o1", "o2"}),
    "yes": (True, {"yes"}),
    "no": (False, {"no"}),
    "yes of a form": ("true", {"yes"}),
    "no of a form": ("false", {"no"}),
    "yes of another form": ("True", {"yes"}),
    "no of another form": ("False", {"no"}),
    "a ticked box": ("on", {"yes"}),
    "the word of the condition": ("yes", {"yes"}),
    "an ID": (7, {"7"}),
    "an ID as a text": ("7", {"7"}),
    "a row": (SimpleNamespace(pk=7), {"7"}),
    "rows": ([SimpleNamespace(pk=7), 8], {"7", "8"}),
}


@pytest.mark.parametrize(("value", "texts"), TEXTS.values(), ids=TEXTS)
def test_what_a_condition_calls_a_value(value, texts):
    assert get_condition_texts(value) == texts


IDS = {
    "nothing": (None, None),
    "an empty text": ("", None),
    "an ID": (7, 7),
    "an ID as a text": ("7", 7),
    "the ID that no row has": (0, None),
    "a word": ("Sales", None),
    "a number below zero": (-7, None),
    "a row": (Lead(pk=7), 7),
    "a row that isn't saved": (Lead(), None),
}


@pytest.mark.parametrize(("value", "pk"), IDS.values(), ids=IDS)
def test_which_row_is_given(value, pk):
    assert get_row_id(value) == pk


def test_a_category_stands_for_all_of_its_rows_once(make_shown, statuses, make_status):
    gone = make_status("Gone", kind="lost")
    lost, gone, new = (str(one.pk) for one in (statuses.lost, gone, statuses.new))
    by_category = get_row_ids_by_category("lead", "status")
    assert by_category["lost"] == [lost, gone]
    assert by_category["new"] == [new]
    values = [gone, "kind:lost", new, lost, "kind:unknown"]
    field = make_shown("Detail", ("status", values))
    assert get_deciding_values(field.definition) == [gone, lost, new]


@pytest.mark.parametrize("name", ["department", "country", "city"])
def test_other_rows_and_texts_have_no_category(name, db):
    assert get_row_ids_by_category("lead", name) == {}


def test_a_retired_field_and_a_field_of_the_record_type_itself_are_no_deciding_custom_field(fields):
    assert get_deciding_field(fields.music.definition).name == fields.course.name
    for field in (fields.of_retired, fields.lost, fields.plain):
        assert get_deciding_field(field.definition) is None


# The field, and those that decide about it.
DECIDING = {
    "no condition": ("plain", set()),
    "a department": ("export", {"department"}),
    "a built-in field": ("lost", {"status"}),
    "a custom field": ("music", {"course"}),
    "a custom field and a department": ("export_and_maths", {"course", "department"}),
    "a field of some departments": ("of_group", {"group", "department"}),
    "a field that has a condition itself": ("of_level", {"level", "course"}),
    "a retired field": ("of_retired", {"old"}),
}


@pytest.mark.parametrize(("field", "names"), DECIDING.values(), ids=DECIDING)
def test_which_fields_decide(field, names, fields):
    old = CustomField.objects.get(name="Old")
    expected = {
        name if name in ("department", "status") else vars(fields)[name].name for name in names - {"old"}
    }
    expected |= {old.key} if "old" in names else set()
    assert get_deciding_fields(getattr(fields, field)) == expected


@pytest.fixture
def circle(make_shown):
    """Two fields that wait for each other, as an undo can make them, and a third one that waits for both."""
    one, other = (make_shown(name, None, "choice", choices=["Yes"]) for name in ("One", "Other"))
    third = make_shown("Third", (one, ["o1"]))
    with operation("test", by=None):
        for field, by in ((one, other), (other, one)):
            shown = {"field": by.name, "values": ["o1"]}
            CustomField.objects.filter(pk=field.definition.pk).update(shown_if=shown)
    return [get_custom_field("lead", field.name) for field in (one, other, third)]


@pytest.mark.parametrize(
    ("values", "has"),
    [(("o1", "o1"), True), (("o1", ""), False), (("", "o1"), False)],
    ids=["both have their value", "the first one alone", "the second one alone"],
)
def test_a_circle_of_fields_ends(values, has, circle, make_lead):
    one, other, third = circle
    filled = {field.name: value for field, value in zip((one, other), values, strict=True) if value}
    assert has_field(third, filled) is has
    assert is_shown(one, filled.get) is (values == ("o1", "o1"))
    lead = make_lead()
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values=filled)
    assert Lead.objects.filter(filter_having_field(third, {})).exists() is has
    assert get_deciding_fields(third) == {one.name, other.name}
    assert would_make_a_circle(third.definition, one.name) is False


# The choices that are asked about; the fields that they decide about.
DEPENDENT: dict[str, tuple[str, set[str] | None, list[str]]] = {
    "all of its choices": ("course", None, ["level", "music", "maths_or_music", "export_and_maths"]),
    "one choice": ("course", {"o2"}, ["music", "maths_or_music"]),
    "several choices": ("course", {"o2", "o3"}, ["music", "maths_or_music"]),
    "a choice that shows nothing": ("course", {"o3"}, []),
    "no choice": ("course", set(), []),
    "a field that decides nothing": ("plain", None, []),
}


@pytest.mark.parametrize(("field", "choices", "names"), DEPENDENT.values(), ids=DEPENDENT)
def test_which_fields_in_use_depend_on_it(field, choices, names, fields, make_shown):
    course = getattr(fields, field)
    make_shown("Retired", (course, ["o2"]), retired=True)
    found = get_dependent_fields(course.definition, choices)
    assert [row.pk for row in found] == [getattr(fields, name).definition.pk for name in names]


# The values of the condition, and those once status 2 has taken the place of 1.
REPLACED = {
    "the row alone": (["1"], ["2"]),
    "the row among others": (["3", "1", "4"], ["3", "2", "4"]),
    "both rows": (["1", "2"], ["2"]),
    "another row": (["11"], ["11"]),
    "a category": (["kind:1"], ["kind:1"]),
}


@pytest.mark.parametrize(("before", "after"), REPLACED.values(), ids=REPLACED)
def test_a_row_that_takes_the_place_of_another_one_shows_what_that_showed(before, after, make_shown):
    field, other = (make_shown(name, (name, before)) for name in ("status", "source"))
    with operation("test", by=None):
        replace_deciding_value("status", 1, 2)
    shown = dict(CustomField.objects.values_list("pk", "shown_if"))
    assert shown[field.definition.pk] == {"field": "status", "values": after}
    assert shown[other.definition.pk] == {"field": "source", "values": before}


# The field that shall be shown by another one, and whether that would make a circle.
CIRCLES = {
    "itself": ("course", "course", True),
    "one that it decides about": ("course", "music", True),
    "one that depends on it through another one": ("course", "of_level", True),
    "one that decides about it": ("music", "course", False),
    "one of a field beside it": ("course", "of_group", False),
    "a field without a condition": ("course", "plain", False),
}


@pytest.mark.parametrize(("field", "by", "circle"), CIRCLES.values(), ids=CIRCLES)
def test_which_condition_would_make_a_circle(field, by, circle, fields):
    definition = getattr(fields, field).definition
    assert would_make_a_circle(definition, getattr(fields, by).name) is circle
    # No custom field, or none at all.
    assert not would_make_a_circle(definition, "status")
    assert not would_make_a_circle(definition, "")
