"""The definition of a formula: typed with labels, stored with keys, previewed, kept from breaking, and undone."""

from decimal import Decimal

import pytest

from crm.fields.custom.values.field_registry import get_custom_field, get_custom_fields
from crm.models import CustomField, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import Edit
from tests.crm.transfer.imports.importing import filled_in

FIELDS = "/admin/leads/fields"


def fill(lead, by, **values):
    carry_out(Edit(values), Lead.objects.filter(pk=lead.pk), by=by)


def add(browser, text: str, name: str = "Fee", of: str = "leads", **values):
    data = {"name": name, "type": "formula", "formula": text, "decimals": "0", **values}
    return browser.post(f"/admin/{of}/fields/new", data)


def posted(browser, field) -> dict:
    form = browser.get(f"{FIELDS}/{field.definition.pk}").context["form"]
    return filled_in(form)


def save(browser, field, **values):
    return browser.post(f"{FIELDS}/{field.definition.pk}", posted(browser, field) | values)


@pytest.fixture
def three(ann, make_lead, make_field):
    """Three leads with budgets 100, 50 and none, and the formula {Budget} * 2."""
    budget = make_field("Budget", "money", unit="EUR")
    double = make_field("Double", "formula", formula=f"{{{budget.name}}} * 2")
    leads = [make_lead(f"{name} Pop", owner=ann) for name in ("Ana", "Bea", "Eva")]
    fill(leads[0], ann, **{budget.name: Decimal(100)})
    fill(leads[1], ann, **{budget.name: Decimal(50)})
    return budget, double, leads


def listed(browser, query: str) -> list[str]:
    rows = browser.get(f"/admin/leads?all=1&{query}").context["table"].data
    return [row.first_name for row in rows]


def test_a_formula_is_typed_with_labels_and_stored_with_names(ada, make_field, sign_in):
    budget = make_field("Budget", "money", unit="EUR")
    browser = sign_in(ada)
    assert add(browser, "{budget} * 0.2 + {Value}").status_code == 302
    fee = get_custom_fields("lead")[-1]
    assert fee.definition.formula == f"{{{budget.name}}} * 0.2 + {{value}}"
    with operation("test", by=None):
        CustomField.objects.filter(pk=budget.definition.pk).update(name="Money {to} spend")
    shown = browser.get(f"{FIELDS}/{fee.definition.pk}").context["form"]["formula"].value()
    assert shown == "{Money {{to}} spend} * 0.2 + {Value}"
    assert save(browser, fee).status_code == 302
    assert get_custom_field("lead", fee.name).definition.formula == f"{{{budget.name}}} * 0.2 + {{value}}"


def test_a_choice_in_a_formula_may_be_renamed(ada, make_field, make_lead, sign_in, statuses):
    level = make_field("Level", "choice", choices=["Gold", "Silver"])
    browser = sign_in(ada)
    assert add(browser, 'if({Level} = "gold" and "New" = {Status}, 1, 0)').status_code == 302
    fee = get_custom_fields("lead")[-1]
    assert fee.definition.formula == (
        f'if({{{level.name}}} = @"o1" and @"{statuses.new.pk}" = {{status}}, 1, 0)'
    )
    with operation("test", by=None):
        CustomField.objects.filter(pk=level.definition.pk).update(
            choices=[{"key": "o1", "name": 'The "best"'}]
        )
    shown = browser.get(f"{FIELDS}/{fee.definition.pk}").context["form"]["formula"].value()
    assert shown == 'if({Level} = "The ""best""" and "New" = {Status}, 1, 0)'
    assert save(browser, fee).status_code == 302


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{budgett} * 2", "At character 1: “budgett” isn’t a field of leads. Did you mean “Budget”?"),
        ("1 + {qqq}", "At character 5: “qqq” isn’t a field of leads."),
        ("{Tags} & 1", "At character 1: A formula can’t use “Tags”."),
        ("{Owner} & 1", "At character 1: A formula can’t use “Owner”."),
        ("{Teacher} & 1", "At character 1: A formula can’t use “Teacher”."),
        ("{Old} & 1", "“Old” isn’t a field of leads."),
        ('{Level} = "Bronze"', "“Bronze” isn’t a choice of “Level”. Choices: Gold, Silver."),
        ('{Level} = @"o1" & {', "needs a brace on both sides"),
        ("{Budget} + {Cost}", "One amount is in EUR, the other in USD."),
        ("", "Enter a formula."),
    ],
)
def test_a_wrong_formula_gets_a_sentence_and_keeps_what_was_typed(text, sentence, ada, make_field, sign_in):
    make_field("Budget", "money", unit="EUR")
    make_field("Cost", "money", unit="USD")
    make_field("Level", "choice", choices=["Gold", "Silver"])
    make_field("Teacher", "user")
    make_field("Old", retired=True)
    answer = add(sign_in(ada), text)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert sentence in form.errors["formula"][0]
    assert form["formula"].value() == text
    assert len(get_custom_fields("lead")) == 4


def test_a_formula_cannot_use_itself_not_even_through_another(ada, make_field, sign_in):
    first = make_field("First", "formula", formula="1")
    second = make_field("Second", "formula", formula=f"{{{first.name}}} + 1")
    browser = sign_in(ada)
    for text, sentence in [
        ("{First} + 1", "A formula can’t use itself."),
        ("{Second} + 1", "“Second” already uses this formula, so this formula can’t use it."),
        (f"{{{second.name}}} + 1", "“Second” already uses this formula, so this formula can’t use it."),
    ]:
        answer = save(browser, first, formula=text)
        assert answer.status_code == 422
        assert sentence in answer.context["form"].errors["formula"][0]
    assert save(browser, second, formula="{First} + 2").status_code == 302


def test_a_change_that_breaks_another_formula_is_refused_with_its_name(ada, make_field, sign_in):
    first = make_field("First", "formula", formula="1")
    make_field("Second", "formula", formula=f"{{{first.name}}} + 1")
    price, cost = make_field("Price", "money", unit="EUR"), make_field("Cost", "money", unit="EUR")
    make_field("Margin", "formula", formula=f"{{{price.name}}} - {{{cost.name}}}")
    browser = sign_in(ada)
    answer = save(browser, first, formula='"text"')
    assert "The formula “Second” uses this field" in answer.context["form"].errors["formula"][0]
    answer = save(browser, cost, unit="USD")
    assert "The formula “Margin” uses this field" in str(answer.context["form"].non_field_errors())


def test_a_field_that_a_formula_uses_is_neither_retired_nor_deleted(ada, three, sign_in):
    budget, double, _leads = three
    browser = sign_in(ada)
    answer = save(browser, budget, retired="on")
    assert "because they use this field: “Double”." in answer.context["form"].errors["retired"][0]
    address = f"{FIELDS}/{budget.definition.pk}/delete"
    assert "“Double”" in browser.get(address).text
    assert browser.post(address).status_code == 409
    assert not get_custom_field("lead", budget.name).definition.deleted
    assert browser.post(f"{FIELDS}/{double.definition.pk}/delete").status_code == 302
    assert browser.post(address).status_code == 302
    # The formula comes back without the field, and is empty until the field comes back too.
    deleted = list(Operation.objects.filter(kind="delete_custom_field").order_by("pk"))
    revert_operation(deleted[0], by=ada)
    assert get_custom_field("lead", double.name).formula.problem
    assert "not computed" in browser.get(FIELDS).text
    assert browser.get(f"/admin/leads?all=1&sort={double.name}").status_code == 200
    revert_operation(deleted[1], by=ada)
    assert get_custom_field("lead", double.name).formula.problem == ""


def test_undoing_a_new_field_keeps_it_if_a_formula_uses_it(ada, sign_in):
    browser = sign_in(ada)
    browser.post(f"{FIELDS}/new", {"name": "Hours", "type": "number", "decimals": "0"})
    created = Operation.objects.latest("pk")
    add(browser, "{Hours} * 2")
    revert_operation(created, by=ada)
    assert [str(field.verbose_name) for field in get_custom_fields("lead")] == ["Hours", "Fee"]


def test_a_definition_is_undone_like_any_other(ada, three, ann, sign_in):
    budget, double, leads = three
    browser = sign_in(ada)
    save(browser, double, formula="{Budget} * 3")
    facts = {fact.name: fact.drawn for fact in browser.get(f"/admin/leads/{leads[0].pk}").context["facts"]}
    assert facts[double.name] == "300\u00a0EUR"
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert get_custom_field("lead", double.name).definition.formula == f"{{{budget.name}}} * 2"


def test_the_form_previews_values_without_saving(ada, three, sign_in):
    browser = sign_in(ada)
    answer = add(browser, "{Budget} * 12", preview="1")
    assert answer.status_code == 200
    assert [(row.name, row.text) for row in answer.context["form"].formula_previews] == [
        ("Eva Pop", ""), ("Bea Pop", "600\u00a0EUR"), ("Ana Pop", "1,200\u00a0EUR"),
    ]  # fmt: skip
    assert "Ana Pop" in answer.text
    assert len(get_custom_fields("lead")) == 2
    fragment = browser.post(
        f"{FIELDS}/new",
        {"name": "", "type": "formula", "formula": "{Budgett}", "preview": "1"},
        HTTP_HX_REQUEST="true",
        HTTP_HX_TARGET="formula-preview",
    )
    assert "isn’t a field of leads" in fragment.text
    assert "<html" not in fragment.text


def test_the_preview_shows_only_records_that_the_reader_sees(
    someone_with, three, make_lead, sign_in, departments
):
    reader = someone_with("add_customfield", "view_customfield", "view_lead")
    answer = add(sign_in(reader), "{Budget} * 12", preview="1")
    seen = Lead.objects.visible_to(reader).count()
    assert len(answer.context["form"].formula_previews) == min(seen, 5)
    assert seen < 3
