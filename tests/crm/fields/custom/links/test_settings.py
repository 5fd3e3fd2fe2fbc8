"""The definition of a link: what it leads to, its label on the other side, and what it can't be."""

import pytest

from crm.fields.custom.formulas.syntax_tree import FormulaError
from crm.fields.custom.values.type_conversion import WantedType
from crm.fields.models.custom_field import MOST_QUICK
from crm.models import CustomField
from crm.records.custom_fields.formula_input import parse_to_stored_text
from crm.records.custom_fields.retype.type_change import RetypeRefused, change_field_type
from crm.records.kinds.kind_registry import KINDS

NEW = "/admin/leads/fields/new"


def send(browser, **values):
    data = {"name": "Introduced by", "type": "link", "links_to": "company", "other_side": "Introduced leads"}
    data["decimals"] = "0"
    return browser.post(NEW, data | values)


def test_an_administrator_adds_a_link_which_is_quick(ada, sign_in):
    assert send(sign_in(ada)).status_code == 302
    row = CustomField.objects.get(name="Introduced by")
    assert (row.type, row.links_to, row.other_side, row.quick) == (
        "link",
        "company",
        "Introduced leads",
        True,
    )


@pytest.mark.parametrize("missing", ["links_to", "other_side"])
def test_a_link_says_what_it_leads_to_and_its_label_there(ada, sign_in, missing):
    answer = send(sign_in(ada), **{missing: ""})
    assert list(answer.context["form"].errors) == [missing]
    assert not CustomField.objects.exists()


def test_a_link_leads_to_a_declared_record_type(ada, sign_in):
    assert list(send(sign_in(ada), links_to="user").context["form"].errors) == ["links_to"]


def test_no_link_is_added_beyond_the_most_quick_fields(ada, sign_in, make_field):
    for number in range(MOST_QUICK):
        make_field(f"Quick {number}", quick=True)
    assert list(send(sign_in(ada)).context["form"].errors) == ["type"]


def test_the_linked_type_never_changes(ada, sign_in, make_field):
    field = make_field("Introduced by", "link")
    sent = {"name": "Introduced by", "links_to": "deal", "other_side": "Leads", "decimals": "0"}
    sent["version"] = field.definition.version
    sign_in(ada).post(f"/admin/leads/fields/{field.definition.pk}", sent)
    row = CustomField.objects.get()
    assert (row.links_to, row.other_side) == ("company", "Leads")


def test_other_types_keep_nothing_of_a_link(ada, sign_in):
    send(sign_in(ada), type="text")
    row = CustomField.objects.get()
    assert (row.links_to, row.other_side, row.quick) == ("", "", False)


@pytest.mark.parametrize(("type", "wanted"), [("link", "text"), ("text", "link"), ("number", "link")])
def test_a_link_keeps_its_type_and_no_other_field_becomes_one(make_field, ada, type, wanted):
    with pytest.raises(RetypeRefused, match="link to a record"):
        change_field_type(make_field("Field", type).definition, WantedType(type=wanted), by=ada)


def test_the_page_of_a_type_change_says_that_a_link_keeps_its_type(make_field, ada, sign_in):
    field = make_field("Introduced by", "link")
    answer = sign_in(ada).get(f"/admin/leads/fields/{field.definition.pk}/type")
    assert "keeps its type" in answer.content.decode()
    assert 'name="type"' not in answer.content.decode()


def test_a_formula_cannot_use_a_link(make_field, ada):
    make_field("Introduced by", "link")
    own = CustomField(table_of="lead", type="formula", name="Test")
    with pytest.raises(FormulaError, match="can’t use “Introduced by”"):
        parse_to_stored_text(KINDS["lead"], own, "empty({Introduced by})", ada)


def test_visitors_of_web_forms_are_not_asked_for_records(make_field, ada):
    from intake.forms.questions import get_askable_custom_fields

    make_field("Introduced by", "link")
    assert get_askable_custom_fields() == []
