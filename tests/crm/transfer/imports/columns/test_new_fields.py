"""Custom fields are born in imports: with a guessed type, created by the import's operation, and undone with it."""

import datetime

import pytest

from crm.fields.custom.values.field_registry import get_custom_fields
from crm.models import CustomField, Import, Operation
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Lead, LeadValues
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import apply, choose, filled_in, page, shown, upload, verdicts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ROLES = ["Student", "student", "Teacher", "Parent", "Select"]


def school_file(rows: int = 40) -> list[list]:
    """A file of the shape of a real one: 37 columns, most of them unknown, with placeholders, a constant column, yes/no
    columns, dates, numbers, and choices that differ in case."""
    known = ["First Name", "Last Name", "Email", "Phone", "Website"]
    heads = [
        *known,
        "Your class",
        "Constant",
        "Newsletter by post",
        "Birthday",
        "Seats",
        "Score",
        "Class notes",
    ]
    heads += ["School page"]
    heads += [f"Question {number}" for number in range(1, 25)]
    found = [heads]
    for number in range(rows):
        row = [
            f"Ana{number}",
            f"Pop{number}",
            f"ana{number}@example.com",
            f"+40722{number:06}",
            "https://example.org",
        ]
        row += [ROLES[number % 5], "Education", "Yes" if number % 2 else "No"]
        row += [
            datetime.date(1990, 1, 1 + number % 28),
            number % 30,
            number + 0.5,
            f"Remark {number}, any text",
        ]
        row += [f"https://example.com/{number}"]
        row += [["Select", "A lot", "a little"][(number + question) % 3] for question in range(24)]
        found.append(row)
    return found


def create_all(browser, imported: Import) -> Import:
    """Press "Create fields for … unmapped columns", then check."""
    form = shown(browser, imported, "columns").context["form"]
    answer = browser.post(page(imported, "columns"), filled_in(form) | {"create_all": "1"})
    assert answer.status_code == 200
    return choose(browser, imported, "columns", **filled_in(answer.context["form"]))


def test_all_columns_of_a_file_are_kept_exported_and_come_back_unchanged(ada, sign_in):
    browser = sign_in(ada)
    imported = create_all(browser, upload(browser, school_file()))
    assert verdicts(imported) == {"new": 40}
    assert "32 custom fields are created: Your class, Constant," in shown(browser, imported, "plan").text
    assert CustomField.objects.count() == 0
    apply(browser, imported)
    fields = {str(field.verbose_name): field for field in get_custom_fields("lead")}
    types = {name: field.definition.type for name, field in fields.items()}
    assert len(types) == 32
    assert {types[f"Question {number}"] for number in range(1, 25)} == {"choice"}
    assert {name: types[name] for name in list(types)[:8]} == {
        "Your class": "choice",
        "Constant": "choice",
        "Newsletter by post": "yes_no",
        "Birthday": "date",
        "Seats": "number",
        # Leads have a score of their own, which no file sets: that of another program is another field.
        "Score 2": "number",
        "Class notes": "text",
        "School page": "url",
    }
    role = fields["Your class"].definition
    assert [choice["name"] for choice in role.choices] == ["Student", "Teacher", "Parent"]
    lead = Lead.objects.get(first_name="Ana1")
    values = LeadValues.objects.get(record=lead).values
    assert values[role.key] == "o1"
    assert values[fields["Score 2"].name] == "1.5"
    assert values[fields["Birthday"].name] == "1990-01-02"
    again = choose(browser, upload(browser, export(browser)), "columns")
    assert verdicts(again) == {"unchanged": 40}


def test_undo_of_the_import_removes_its_fields_and_a_redo_brings_them_back(ada, sign_in):
    browser = sign_in(ada)
    imported = create_all(browser, upload(browser, school_file(10)))
    apply(browser, imported)
    record = Operation.objects.get(kind="import")
    undone = revert_operation(record, by=ada)
    assert get_custom_fields("lead") == []
    assert not Lead.objects.present().exists()
    revert_operation(undone.operation, by=ada)
    assert len(get_custom_fields("lead")) == 32
    assert LeadValues.objects.count() == 10


def test_a_field_that_is_used_since_the_import_stays_when_it_is_undone(ada, sign_in, make_lead):
    browser = sign_in(ada)
    rows = [["Last name", "Course"], ["Pop", "Maths"], ["Rus", "Maths"]]
    apply(browser, create_all(browser, upload(browser, rows)))
    (field,) = get_custom_fields("lead")
    other = make_lead()
    with_course = {"version": other.version, field.name: "o1"}
    form = browser.get(f"/admin/leads/{other.pk}/edit").context["form"]
    browser.post(f"/admin/leads/{other.pk}/edit", filled_in(form) | with_course)
    assert LeadValues.objects.get(record=other).values == {field.name: "o1"}
    revert_operation(Operation.objects.get(kind="import"), by=ada)
    assert get_custom_fields("lead") == [field]


def test_the_same_headers_are_mapped_to_the_new_fields_the_next_time(ada, sign_in):
    browser = sign_in(ada)
    rows = [["Last name", "Course"], ["Pop", "Maths"], ["Rus", "Maths"]]
    apply(browser, create_all(browser, upload(browser, rows)))
    (field,) = get_custom_fields("lead")
    again = upload(browser, [["Last name", "Course"], ["Dan", "Dance"]])
    assert again.mapping == ["last_name", field.name]
    again = choose(browser, again, "columns")
    assert "Add as a new value" in shown(browser, again, "values").text
    again = choose(browser, again, "values", **{f"{field.name}_0": "create"})
    apply(browser, again)
    names = [choice["name"] for choice in CustomField.objects.get().choices]
    assert names == ["Maths", "Dance"]
    assert LeadValues.objects.get(record__last_name="Dan").values == {field.name: "o2"}
    revert_operation(Operation.objects.filter(kind="import").latest("pk"), by=ada)
    assert [choice["name"] for choice in CustomField.objects.get().choices] == ["Maths"]


def test_only_who_may_add_custom_fields_can_create_them_in_an_import(ann, sign_in):
    browser = sign_in(ann)
    imported = upload(browser, [["Last name", "Course"], ["Pop", "Maths"]])
    answer = shown(browser, imported, "columns")
    assert "Create a field" not in answer.text
    assert "unmapped column" not in answer.text
    form = answer.context["form"]
    answer = browser.post(page(imported, "columns"), filled_in(form) | {"column_1": "new"})
    assert answer.status_code == 422
    assert CustomField.objects.count() == 0


def test_a_label_that_is_taken_gets_a_number(ada, sign_in, make_field):
    make_field("Course")
    browser = sign_in(ada)
    imported = upload(
        browser, [["Last name", "Course", "course"], ["Pop", "Maths", "B"], ["Rus", "Maths", "C"]]
    )
    apply(browser, create_all(browser, imported))
    assert [field.definition.name for field in get_custom_fields("lead")] == ["Course", "course 2"]


def test_a_placeholder_is_kept_as_a_text_if_the_user_says_so(ada, sign_in):
    browser = sign_in(ada)
    imported = upload(browser, [["Last name", "City"], ["Pop", "Select"], ["Rus", "Cluj"]])
    assert "Treat “Select” as empty" in shown(browser, imported, "columns").text
    apply(browser, choose(browser, imported, "columns"))
    assert Lead.objects.get(last_name="Pop").city == ""
    imported = upload(browser, [["Last name", "City"], ["Dan", "Select"], ["Ion", "Cluj"]])
    apply(browser, choose(browser, imported, "columns", blank_1=""))
    assert Lead.objects.get(last_name="Dan").city == "Select"


def test_texts_that_look_like_placeholders_are_kept_in_a_file_exported_from_here(ada, sign_in, make_lead):
    make_lead("Ana Pop", owner=ada, city="-", company="null")
    browser = sign_in(ada)
    imported = choose(browser, upload(browser, export(browser)), "columns")
    assert verdicts(imported) == {"unchanged": 1}


@pytest.mark.parametrize(
    ("heads", "row", "is_set"),
    [
        (["Lead ID", "Last name", "Score"], ["", "Pop", 7], True),
        (["Last name", "Score"], ["Pop", 7], False),
    ],
    ids=["an export of Leadwell", "a file of another program"],
)
def test_a_column_that_only_the_product_sets_is_one_only_in_its_own_files(ada, sign_in, heads, row, is_set):
    browser = sign_in(ada)
    imported = upload(browser, [heads, row])
    lines = shown(browser, imported, "columns").context["lines"]
    assert (lines[-1]["note"] == "Set automatically") is is_set
