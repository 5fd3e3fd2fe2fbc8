"""The screens of the assignment rules: their list and order, the form, composing conditions, the run log."""

import pytest
from django.urls import reverse

from crm.models import Notification, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.assignment.unusable_rules import notify_of_idle_rules
from leads.models import AssignmentRule, AssignmentRun, Lead
from leads.verbs import Edit
from tests.leads.assignment.assigning import come_in, make_rule

pytestmark = pytest.mark.django_db

RULES = "/admin/rules"


def sent(**values) -> dict:
    fields = {
        "name": "Romania",
        "turned_on": "on",
        "ways": ["api", "form"],
        "assigns_to": "user",
        "otherwise": "next",
    }
    return {**fields, **values}


def test_an_administrator_adds_a_rule_with_the_conditions_in_the_url(sign_in, ada, bob):
    page = sign_in(ada).get(f"{RULES}/new?conditions=country%3DRO%26vip%3Dyes%26q%3Dx%26sort%3Dname")
    assert page.context["form"].initial["conditions"] == "country=RO&vip=yes"
    answer = sign_in(ada).post(f"{RULES}/new", sent(user=bob.pk, conditions="vip=yes&country=RO&q=x"))
    assert answer.status_code == 302
    rule = AssignmentRule.objects.get()
    assert (rule.name, rule.conditions, rule.user, rule.ways) == (
        "Romania",
        "country=RO&vip=yes",
        bob,
        ["api", "form"],
    )
    assert Operation.objects.get(kind="add_assignment_rule").parameters == {"rows": [rule.pk]}


def test_a_rule_for_one_user_needs_a_user_and_the_others_a_department(sign_in, ada, departments):
    page = sign_in(ada).post(f"{RULES}/new", sent())
    assert (page.status_code, page.context["form"].errors["user"]) == (422, ["Choose a user."])
    page = sign_in(ada).post(f"{RULES}/new", sent(assigns_to="in_turn"))
    assert page.context["form"].errors["department"] == ["Choose a department."]
    assert not AssignmentRule.objects.exists()


def test_conditions_that_differ_by_reader_are_not_for_rules(sign_in, ada, bob):
    page = sign_in(ada).post(f"{RULES}/new", sent(user=bob.pk, conditions="owner=me"))
    assert page.status_code == 422
    assert "depend on who is viewing" in page.context["form"].errors["conditions"][0]


def test_a_preview_shows_the_effect_on_past_leads_without_saving(sign_in, ada, bob, make_lead):
    make_lead("Ana Albu", country="RO")
    make_lead("Jan Novák", country="CZ")
    page = sign_in(ada).post(f"{RULES}/new", sent(user=bob.pk, conditions="country=RO", preview="1"))
    past = page.context["past"]
    assert (past.leads, past.parts, past.no_rule) == (2, [("Romania", [("Bob", 1)])], 1)
    assert not AssignmentRule.objects.exists()


def test_the_list_counts_past_leads_by_rule_and_those_without_one(sign_in, ada, bob, ben, make_lead):
    make_rule("Romania", "country=RO", user=bob)
    make_rule("VIP", "vip=yes", user=ben)
    for country, vip in [("RO", True), ("RO", False), ("CZ", True), ("CZ", False)]:
        make_lead(country=country, vip=vip)
    page = sign_in(ada).get(RULES)
    assert [(line["rule"].name, line["past"]) for line in page.context["lines"]] == [
        ("Romania", 2),
        ("VIP", 1),
    ]
    assert page.context["past"].no_rule == 1


def test_rules_move_up_and_down_and_the_order_can_be_undone(sign_in, ada, bob):
    first, second = make_rule("First", user=bob), make_rule("Second", user=bob)
    sign_in(ada).post(f"{RULES}/order", {"up": second.pk})
    assert list(AssignmentRule.objects.in_order()) == [second, first]
    revert_operation(Operation.objects.get(kind="edit_assignment_rule"), by=ada)
    assert list(AssignmentRule.objects.in_order()) == [first, second]


def test_a_dragged_rule_moves_behind_another_one_or_to_the_beginning(sign_in, ada, bob):
    first, second, third = (make_rule(name, user=bob) for name in ("First", "Second", "Third"))
    browser = sign_in(ada)
    browser.post(f"{RULES}/order", {"row": first.pk, "after": second.pk})
    assert list(AssignmentRule.objects.in_order()) == [second, first, third]
    browser.post(f"{RULES}/order", {"row": third.pk, "after": ""})
    assert list(AssignmentRule.objects.in_order()) == [third, second, first]
    revert_operation(Operation.objects.filter(kind="edit_assignment_rule").latest("pk"), by=ada)
    assert list(AssignmentRule.objects.in_order()) == [second, first, third]


@pytest.mark.parametrize("after", ["deleted", "itself", "none such"])
def test_a_rule_that_is_dragged_behind_one_that_is_gone_stays_in_its_place(sign_in, ada, bob, after):
    first, second, third = (make_rule(name, user=bob) for name in ("First", "Second", "Third"))
    with operation("test", by=None):
        AssignmentRule.objects.filter(pk=second.pk).retire()
    behind = {"deleted": second.pk, "itself": first.pk, "none such": "x"}[after]
    answer = sign_in(ada).post(f"{RULES}/order", {"row": first.pk, "after": behind}, follow=True)
    assert "The rules have changed in the meantime. Try again." in answer.text
    assert list(AssignmentRule.objects.active().in_order()) == [first, third]


def test_the_empty_list_has_one_primary_button(sign_in, ada, bob):
    browser = sign_in(ada)

    def primary() -> int:
        page = browser.get(RULES).text
        return page[page.index("<main") : page.index("</main>")].count('data-kind="primary"')

    assert primary() == 1
    make_rule("Romania", user=bob)
    assert primary() == 1


def test_without_javascript_the_form_shows_user_and_department_and_takes_the_one_for_the_way(
    sign_in, ada, bob, departments
):
    browser = sign_in(ada)
    page = browser.get(f"{RULES}/new").text
    assert page.count("data-shown-if=") == 4
    assert (
        "hidden"
        not in page[page.index("data-shown-if=") : page.index("</select>", page.index("data-shown-if="))]
    )
    both = {"user": bob.pk, "department": departments.export.pk}
    browser.post(f"{RULES}/new", sent(**both, assigns_to="user"))
    browser.post(f"{RULES}/new", sent(**both, assigns_to="fewest", name="Export"))
    made = {rule.name: (rule.user, rule.department) for rule in AssignmentRule.objects.all()}
    assert made == {"Romania": (bob, None), "Export": (None, departments.export)}


def test_a_deleted_rule_is_gone_from_the_list_and_an_undo_brings_it_back(sign_in, ada, bob):
    rule = make_rule("Romania", user=bob)
    browser = sign_in(ada)
    assert "keep their owners" in browser.get(f"{RULES}/{rule.pk}/delete").text
    browser.post(f"{RULES}/{rule.pk}/delete")
    assert browser.get(RULES).context["lines"] == []
    assert browser.get(f"{RULES}/{rule.pk}").status_code == 404
    revert_operation(Operation.objects.get(kind="retire_assignment_rule"), by=ada)
    assert [line["rule"] for line in browser.get(RULES).context["lines"]] == [rule]


def test_the_page_of_conditions_leads_back_to_the_rule_that_it_is_about(sign_in, ada, bob):
    rule = make_rule("Romania", "country=RO", user=bob)
    browser = sign_in(ada)
    page = browser.get(f"/admin/leads/rule-conditions?country=RO&vip=yes&view={rule.pk}")
    assert page.context["done"] == f"{RULES}/{rule.pk}?conditions=country%3DRO%26vip%3Dyes"
    # A filter that is added there leads back there, for the same rule.
    added = browser.get(
        f"/admin/leads/filter/city?query=country%3DRO&view={rule.pk}&on=rule_conditions&operator=is&text=Cluj"
    )
    assert added.status_code == 302
    assert added["Location"].startswith("/admin/leads/rule-conditions?")
    assert f"view={rule.pk}" in added["Location"]
    assert browser.get(added["Location"]).context["rule"] == rule


def test_a_rule_whose_user_was_deactivated_says_so_and_administrators_are_notified_once(sign_in, ada, bob):
    make_rule("Romania", user=bob)
    assert notify_of_idle_rules() == 0
    type(bob).objects.filter(pk=bob.pk).update(is_active=False)
    assert (notify_of_idle_rules(), notify_of_idle_rules()) == (1, 0)
    assert Notification.objects.filter(user=ada, kind="rule_idle").count() == 1
    assert "Bob is deactivated." in sign_in(ada).get(RULES).text
    assert "Romania" in sign_in(ada).get(reverse("notifications")).text


def test_the_timeline_of_a_lead_says_which_rule_assigned_it(sign_in, ada, bob, make_lead):
    make_rule("Romania", user=bob)
    lead = make_lead()
    come_in([lead])
    assert "assigned this lead by the rule “Romania”" in sign_in(ada).get(f"/admin/leads/{lead.pk}").text


def test_the_run_log_undoes_an_assignment_but_not_the_leads(sign_in, ada, bob, ben, departments, make_lead):
    make_rule("Romania", user=bob)
    first, second = make_lead("Ana Albu", department=departments.export), make_lead("Ion Pop")
    come_in([first, second], "import", by=ada)
    browser = sign_in(ada)
    (line,) = browser.get(f"{RULES}/log").context["lines"]
    assert line.parts == [("Romania", [("Bob", 2)])]
    run = AssignmentRun.objects.get()
    assert browser.get(f"{RULES}/log/{run.pk}/undo").context["outcome"].changed == [first.pk, second.pk]
    assert browser.post(f"{RULES}/log/{run.pk}/undo").status_code == 302
    first.refresh_from_db()
    assert (first.owner, first.department, first.deleted_at) == (None, departments.export, None)
    (line,) = browser.get(f"{RULES}/log").context["lines"]
    assert (line.undone, line.may_undo) == (True, False)
    assert browser.post(f"{RULES}/log/{run.pk}/undo").status_code == 409


def test_selected_leads_are_assigned_by_rules_after_a_preview(sign_in, ann, bob, make_lead):
    make_rule("Romania", "country=RO", user=bob)
    leads = [make_lead("Ana Albu", country="RO"), make_lead("Jan Novák", country="CZ")]
    browser = sign_in(ann)
    away = browser.post("/admin/leads/bulk", {"action": "rules", "record": [lead.pk for lead in leads]})
    page = browser.get(away["Location"], {"owned": "keep"})
    assert page.context["parts"] == [("Romania", [("Bob", 1)])]
    assert "This lead meets no assignment rule." in page.text
    browser.post(away["Location"], {"owned": "keep"})
    assert [Lead.objects.get(pk=lead.pk).owner for lead in leads] == [bob, None]


def test_merged_values_are_replaced_in_the_conditions_and_come_back_with_an_undo(sign_in, ada, bob, make_tag):
    hot, warm = make_tag("hot"), make_tag("warm")
    rule = make_rule("Hot", f"tags={hot.pk}", user=bob)
    sign_in(ada).post(f"/admin/leads/tags/merge?row={hot.pk}", {"into": warm.pk})
    rule.refresh_from_db()
    assert rule.conditions == f"tags={warm.pk}"
    revert_operation(Operation.objects.get(kind="merge_tags"), by=ada)
    rule.refresh_from_db()
    assert rule.conditions == f"tags={hot.pk}"


def test_users_of_other_departments_have_no_names_on_the_screens(sign_in, someone_with, dan):
    rule = make_rule("Export", user=dan)
    eve = someone_with("view_lead", "see_departments", "view_assignmentrule", "change_assignmentrule")
    for path in (RULES, f"{RULES}/{rule.pk}"):
        page = sign_in(eve).get(path).text
        assert "another user" in page
        assert dan.name not in page


def test_company_managers_set_up_rules_and_learn_which_ones_are_idle(sign_in, conrad, bob):
    answer = sign_in(conrad).post(f"{RULES}/new", sent(user=bob.pk))
    assert answer.status_code == 302
    page = sign_in(conrad).get(RULES).text
    assert "Romania" in page
    assert "New assignment rule" in page
    type(bob).objects.filter(pk=bob.pk).update(is_active=False)
    notify_of_idle_rules()
    assert Notification.objects.filter(user=conrad, kind="rule_idle").count() == 1


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia"])
def test_only_users_with_the_permission_see_the_rules(sign_in, cast, name):
    browser = sign_in(getattr(cast, name))
    for path in (RULES, f"{RULES}/new", f"{RULES}/log", "/admin/leads/rule-conditions"):
        assert browser.get(path).status_code == 403


def test_the_owner_of_a_lead_names_the_rule_that_assigned_it_until_someone_else_does(
    sign_in, ada, bob, ben, make_lead
):
    rule = make_rule("Romania", user=bob)
    lead = make_lead()
    come_in([lead])
    for query in ("", "?show=note"):
        source = sign_in(ada).get(f"/admin/leads/{lead.pk}{query}").context["sources"]["owner_id"]
        assert (source.words, source.url) == ("Rule “Romania”", reverse("assignment:rule", args=[rule.pk]))
    assert sign_in(bob).get(f"/admin/leads/{lead.pk}").context["sources"]["owner_id"].url == ""
    carry_out(Edit({"owner": ben}), Lead.objects.filter(pk=lead.pk), by=ada)
    assert "owner_id" not in sign_in(ada).get(f"/admin/leads/{lead.pk}").context["sources"]
