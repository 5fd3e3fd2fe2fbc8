"""Search finds the values of custom fields that are marked for it, however they are written, and only those."""

import pytest
from django.db import connection

from crm.fields.custom.search.search_triggers import SEARCHABLE
from crm.fields.custom.search.searchable_fields import get_final_search_state
from crm.fields.custom.values.stored_values import get_values_model
from crm.fields.custom.values.type_conversion import WantedType
from crm.models import CustomField, Job, Operation
from crm.records.custom_fields.choice_changes import merge_choices
from crm.records.custom_fields.deletion import delete_custom_field
from crm.records.custom_fields.forms.definition import CustomFieldForm
from crm.records.custom_fields.retype.type_change import change_field_type
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from crm.records.history.verbs.add import add_records
from crm.records.history.verbs.delete import Purge
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.search.spelling_suggestions import suggest_spelling
from leads.models import Lead, LeadValues
from leads.verbs import Add

FIELDS = "/admin/leads/fields"


def written(field):
    """The field with its words, as the job leaves them (tests/crm/fields/custom/search/test_jobs.py)."""
    row = CustomField.objects.get(pk=field.definition.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        CustomField.objects.filter(pk=row.pk).update(searched_as=get_final_search_state(row))
        cursor.execute("SELECT leadwell_reword(%s, %s, 0, 100)", [row.table_of, [row.key]])
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    return field


@pytest.fixture
def searched(make_field):
    """make_field, for fields that are found by search."""
    return lambda *arguments, **values: written(make_field(*arguments, searched=True, **values))


@pytest.fixture(params=["lead", "company"])
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def make(kind, make_lead, make_company):
    return make_lead if kind.name == "lead" else make_company


def found(kind, text: str) -> list[int]:
    return sorted(kind.model.objects.filter(kind.search(text)[0]).values_list("pk", flat=True))


def edit(kind, record, by, **changes):
    return carry_out(kind.edit(changes), kind.model.objects.filter(pk=record.pk), by=by).operation


def test_a_record_is_found_by_its_custom_values_together_with_its_own_words(ada, kind, make, searched):
    course, phone = searched("Course", of=kind.name), searched("Private", "phone", of=kind.name)
    one, other = make("Omnia North"), make("Omnia South")
    edit(kind, one, ada, **{course.name: "Économétrie avancée", phone.name: "+40 (722) 000-111"})
    edit(kind, other, ada, **{course.name: "Botany"})
    for text in (
        "econometrie",
        "nometr",
        "omnia avancee",
        "0040722000111",
        "(722) 000-111",
        "40 722 000 111",
    ):
        assert found(kind, text) == [one.pk], text
    assert found(kind, "omnia") == [one.pk, other.pk]
    assert found(kind, "north botany") == []
    assert list(find_history_differences()) == []


def test_a_field_without_the_mark_is_not_found(ada, kind, make, make_field):
    course, record = make_field("Course", of=kind.name), make()
    edit(kind, record, ada, **{course.name: "Botany"})
    assert found(kind, "botany") == []


def test_an_edit_an_undo_and_a_change_of_a_built_in_field_keep_the_words(ada, kind, make, searched):
    course, record = searched("Course", of=kind.name), make("Omnia")
    edit(kind, record, ada, **{course.name: "Botany"})
    later = edit(kind, record, ada, **{course.name: "Zoology"})
    assert (found(kind, "botany"), found(kind, "zoology")) == ([], [record.pk])
    revert_operation(later, by=ada)
    assert (found(kind, "botany"), found(kind, "zoology")) == ([record.pk], [])
    name = "company" if kind.name == "lead" else "name"
    edit(kind, record, ada, **{name: "Acme"})
    assert found(kind, "acme botany") == [record.pk]
    edit(kind, record, ada, **{course.name: ""})
    assert found(kind, "botany") == []
    assert list(find_history_differences()) == []


def test_choices_are_found_by_their_names(ada, kind, make, searched):
    one = searched("Course", "choice", of=kind.name, choices=["Data science", "Law"])
    several = searched("Towns", "choices", of=kind.name, choices=["Cluj-Napoca", "Brașov", "Iași"])
    record = make()
    edit(kind, record, ada, **{one.name: "o1", several.name: ["o1", "o3"]})
    for text in ("data science", "napoca iasi", "science iași"):
        assert found(kind, text) == [record.pk], text
    assert found(kind, "brasov") == found(kind, "o1") == []
    row = CustomField.objects.get(pk=several.definition.pk)
    merging = merge_choices(row, "o3", "o2", by=ada)
    assert (found(kind, "iasi"), found(kind, "brasov")) == ([], [record.pk])
    revert_operation(merging, by=ada)
    assert (found(kind, "iasi"), found(kind, "brasov")) == ([record.pk], [])
    assert list(find_history_differences()) == []


def test_new_and_restored_leads_are_found_by_their_custom_values(
    ada, ann, departments, statuses, sources, searched
):
    course, lead = searched("Course"), KINDS["lead"]
    values = {
        "last_name": "Novák",
        "department": departments.sales,
        "status": statuses.new,
        "source": sources.website,
    }
    (record,) = add_records(Add(Lead, ({**values, "owner": ann, course.name: "Botany"},)), by=ann)
    rows = Lead.objects.filter(pk=record.pk)
    assert found(lead, "novak botany") == [record.pk]
    carry_out(Delete(), rows, by=ada)
    purged = carry_out(Purge(), rows, by=ada).operation
    assert found(lead, "botany") == []
    revert_operation(purged, by=ada)
    assert found(lead, "novak botany") == [record.pk]


def test_values_set_for_many_leads_at_once_are_found(ada, make_lead, searched):
    course, lead = searched("Course"), KINDS["lead"]
    leads = [make_lead(f"Lead {place}").pk for place in range(3)]
    carry_out(lead.edit({course.name: "Botany"}), Lead.objects.filter(pk__in=leads), by=ada)
    assert found(lead, "botany") == leads
    assert list(find_history_differences()) == []


def test_values_of_a_deleted_field_are_not_found_and_are_with_its_undo(ada, make_lead, searched):
    course, lead = searched("Course"), KINDS["lead"]
    record = make_lead()
    edit(lead, record, ada, **{course.name: "Botany"})
    deleted = delete_custom_field(CustomField.objects.get(), by=ada)
    assert found(lead, "botany") == []
    revert_operation(deleted, by=ada)
    assert Job.objects.filter(kind="search_custom_fields").exists()
    written(course)
    assert found(lead, "botany") == [record.pk]


def test_a_change_of_type_keeps_what_search_finds_and_ends_it_for_other_types(ada, make_lead, searched):
    field, lead = searched("Course"), KINDS["lead"]
    record, row = make_lead(), field.definition
    edit(lead, record, ada, **{field.name: "Botany"})
    change_field_type(CustomField.objects.get(pk=row.pk), WantedType("choice"), by=ada)
    written(field)
    assert found(lead, "botany") == [record.pk]
    assert list(find_history_differences()) == []
    edit(lead, record, ada, **{field.name: ""})
    change_field_type(CustomField.objects.get(pk=row.pk), WantedType("text"), by=ada)
    change_field_type(CustomField.objects.get(pk=row.pk), WantedType("date"), by=ada)
    assert not CustomField.objects.get(pk=row.pk).searched


@pytest.mark.parametrize("ending", [{"roles": [1]}, {"searched": False}, {"retired": True}])
def test_a_field_that_is_not_searched_any_more_is_not_found_even_before_its_words_are_removed(
    ada, kind, make, searched, ending
):
    course, record = searched("Course", of=kind.name), make("Omnia")
    edit(kind, record, ada, **{course.name: "Botany"})
    assert suggest_spelling(kind, "botani", ada) == "botany"
    with operation("test", by=None):
        CustomField.objects.filter(pk=course.definition.pk).update(**ending)
    assert found(kind, "botany") == found(kind, "omnia botany") == []
    assert kind.model.objects.filter(kind.search.build_walk_condition("omnia botany")).exists()
    assert suggest_spelling(kind, "botani", ada) == ""
    assert found(kind, "omnia") == [record.pk]
    # The words of a value that is gone go with it.
    with operation("test", by=None):
        get_values_model(kind.model).objects.update(values={})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT words::text FROM {kind.model.search_table} WHERE record_id = %s", [record.pk])
        assert "botany" not in cursor.fetchone()[0]


def test_limiting_a_searched_field_to_roles_turns_search_off_and_says_so(ada, make_field, sign_in):
    field, browser = make_field("Course", searched=True), sign_in(ada)
    role = str(ada.groups.get().pk)
    data = {"name": "Course", "decimals": "0", "searched": "on", "roles": [role]}
    page = browser.post(f"{FIELDS}/{field.definition.pk}", data, follow=True)
    assert "Search no longer finds its values, because only some roles see them." in page.text
    row = CustomField.objects.get()
    assert (row.searched, bool(row.roles)) == (False, True)
    page = browser.post(f"{FIELDS}/{row.pk}", data)
    assert page.context["form"].errors["searched"] == [
        "Only fields that everyone can see can be found by search."
    ]


@pytest.mark.parametrize("first", ["roles", "searched"])
def test_no_order_of_undos_makes_a_limited_field_searched(ada, make_field, sign_in, first):
    """Both settings may come back together; search then doesn't find the field."""
    row, browser, role = make_field("Course").definition, sign_in(ada), str(ada.groups.get().pk)
    settings = {"roles": {"roles": [role]}, "searched": {"searched": "on"}}
    same = {"name": "Course", "decimals": "0"}
    browser.post(f"{FIELDS}/{row.pk}", {**same, **settings[first]})
    browser.post(f"{FIELDS}/{row.pk}", same)
    removed = Operation.objects.latest("pk")
    other = "searched" if first == "roles" else "roles"
    browser.post(f"{FIELDS}/{row.pk}", {**same, **settings[other]})
    revert_operation(removed, by=ada)
    row.refresh_from_db()
    assert (row.searched, bool(row.roles)) == (True, True)
    assert get_final_search_state(row) == ""


def test_types_that_search_does_not_serve_cannot_be_marked(ada):
    """The rule of the form, without drawing its page for each type."""
    lead = KINDS["lead"]
    for name in ("choice", "formula", "money"):
        data = {"name": "Course", "type": name, "decimals": "0", "searched": "on", "new_choices": "One"}
        errors = CustomFieldForm(data, kind=lead, user=ada).errors
        assert ("searched" in errors) == (name not in SEARCHABLE), name
    assert errors["searched"] == ["Values of this type can’t be found by search."]


def test_a_list_finds_custom_values(ada, ann, make_lead, searched, sign_in):
    course = searched("Course")
    lead = make_lead("Jan Novák", owner=ann)
    make_lead("Eva Malá", owner=ann)
    edit(KINDS["lead"], lead, ada, **{course.name: "Botany"})
    page = sign_in(ann).get("/admin/leads?q=botany").text
    assert "Jan Novák" in page
    assert "Eva Malá" not in page


def test_a_text_longer_than_search_takes_is_saved_and_found_by_its_beginning(ada, make_lead, searched):
    notes, lead = [searched(f"Notes {place}", "long_text") for place in range(3)], KINDS["lead"]
    record = make_lead()
    words = " ".join(f"{place:05}{'abcdefghijklmnopqrstuvwxyz'[place % 26] * 34}x" for place in range(1_200))
    edit(lead, record, ada, **{notes[0].name: f"Botany {words}", notes[1].name: words, notes[2].name: words})
    assert found(lead, "botany") == [record.pk]
    assert LeadValues.objects.get().values[notes[2].name] == words
