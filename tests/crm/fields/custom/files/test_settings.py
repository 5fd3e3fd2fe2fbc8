"""The definition of a file field: what it can't be, and where it isn't offered."""

import pytest

from crm.fields.custom.formulas.syntax_tree import FormulaError
from crm.fields.custom.values.type_conversion import WantedType
from crm.models import CustomField
from crm.records.custom_fields.formula_input import parse_to_stored_text
from crm.records.custom_fields.retype.forms import get_target_types
from crm.records.custom_fields.retype.type_change import RetypeRefused, change_field_type
from crm.records.editing.inline_editing import get_inline_edit
from crm.records.editing.set_field import get_settable_fields
from crm.records.kinds.kind_registry import KINDS
from intake.forms.questions import get_askable_custom_fields
from intake.webhooks.known_programs import get_mappable_fields
from leads.statuses.status_contract import can_be_required

LEAD = KINDS["lead"]


def send(browser, **values):
    data = {"name": "Contract", "type": "file", "decimals": "0"} | values
    return browser.post("/admin/leads/fields/new", data)


def test_an_administrator_adds_a_file_field(ada, sign_in):
    assert send(sign_in(ada), required="on", help="The signed one").status_code == 302
    row = CustomField.objects.get()
    assert (row.type, row.required, row.help) == ("file", True, "The signed one")


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ({"is_unique": "on"}, "Values of this type can’t be unique."),
        ({"quick": "on"}, "Files can’t be quick to filter and sort."),
        ({"searched": "on"}, "Values of this type can’t be found by search."),
        ({"first_value": "a.pdf"}, "Fields of this type can’t have a default."),
    ],
    ids=["unique", "quick", "searched", "default"],
)
def test_a_file_field_is_refused_what_files_can_not_be(ada, sign_in, mark, sentence):
    errors = send(sign_in(ada), **mark).context["form"].errors
    assert errors == {next(iter(mark)): [sentence]}
    assert not CustomField.objects.exists()


@pytest.mark.parametrize(("before", "after"), [("file", "text"), ("text", "file")])
def test_a_field_neither_becomes_a_file_nor_stops_being_one(make_field, ada, before, after):
    row = make_field("Contract", before).definition
    assert after not in [value for value, _label in get_target_types(row)]
    with pytest.raises(RetypeRefused, match="or of a file can’t be changed"):
        change_field_type(row, WantedType(type=after), by=ada)


def test_the_page_of_its_type_says_that_it_stays(field, ada, sign_in):
    page = sign_in(ada).get(f"/admin/leads/fields/{field.definition.pk}/type").content.decode()
    assert "A field with links or files keeps its type" in page


def test_no_formula_names_a_file(field, ada):
    own = CustomField(table_of="lead", type="formula", name="Test")
    with pytest.raises(FormulaError, match="can’t use “Contract”"):
        parse_to_stored_text(LEAD, own, "empty({Contract})", ada)


def test_a_file_is_only_changed_in_the_whole_form_of_a_record(field, bob, sign_in, lead):
    assert field.name not in get_settable_fields(LEAD, bob)
    assert get_inline_edit(LEAD, field.name, bob) is None
    assert field.name not in LEAD.get_inline_fields(bob)
    assert sign_in(bob).get(f"{lead.get_absolute_url()}/inline/{field.name}").status_code == 403


def test_no_status_web_form_or_incoming_webhook_asks_for_a_file(field):
    assert not can_be_required(field.name)
    assert field not in get_askable_custom_fields()
    assert field.name not in get_mappable_fields(LEAD)
