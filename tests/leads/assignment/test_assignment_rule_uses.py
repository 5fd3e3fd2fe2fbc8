"""The pages that delete, retire or deactivate a record name the assignment rules that use it."""

import pytest

from accounts.models import Department, Membership, User
from crm.models import Operation
from crm.records.custom_fields.deletion import delete_custom_field
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.assignment.unusable_rules import get_idle_reasons
from leads.models import AssignmentRule, LostReason, Pipeline
from tests.leads.assignment.assigning import make_rule

pytestmark = pytest.mark.django_db


def conditions() -> list[str]:
    return list(AssignmentRule.objects.in_order().values_list("conditions", flat=True))


def test_a_status_that_only_rules_use_is_deleted_with_a_replacement_for_them(sign_in, ada, bob, statuses):
    old, new = statuses.contacted, statuses.qualified
    make_rule("Romania", f"status={old.pk}&country=RO", user=bob)
    make_rule("Cluj", f"vip=yes&any.status={old.pk}&any.city.is=Cluj", user=bob)
    make_rule("Rest", f"status={new.pk}", user=bob)
    browser, path = sign_in(ada), f"/admin/leads/statuses/{old.pk}/delete"
    page = browser.get(path).text
    assert "Used in the conditions of 2 assignment rules:" in page
    assert ">Romania</a>" in page
    assert ">Rest</a>" not in page
    assert browser.post(path).status_code == 422
    assert browser.post(path, {"successor": new.pk}).status_code == 302
    assert [rule.parameters.get("status") for rule in AssignmentRule.objects.in_order()] == [
        str(new.pk),
        None,
        str(new.pk),
    ]
    assert f"any.status={new.pk}" in conditions()[1]
    revert_operation(Operation.objects.get(kind="retire_status"), by=ada)
    assert f"any.status={old.pk}" in conditions()[1]


def test_a_source_a_tag_and_a_lost_reason_name_the_rules_that_use_them(sign_in, ada, bob, sources, make_tag):
    tag, reason = make_tag("hot"), LostReason.objects.active().first()
    for parameter, pk in [("source", sources.other.pk), ("tags", tag.pk), ("lost_reason", reason.pk)]:
        make_rule(f"By {parameter}", f"{parameter}={pk}", user=bob)
    browser = sign_in(ada)
    for path, name in [
        (f"sources/{sources.other.pk}", "source"),
        (f"sources/{sources.other.pk}/delete", "source"),
        (f"tags/merge?row={tag.pk}", "tags"),
        (f"lost-reasons/bulk?action=retire&row={reason.pk}", "lost_reason"),
    ]:
        assert f">By {name}</a>" in browser.get(f"/admin/leads/{path}").text, path


def test_a_pipeline_names_the_rules_that_use_it(sign_in, ada, bob):
    pipeline = Pipeline.objects.first()
    make_rule("Romania", f"pipeline={pipeline.pk}", user=bob)
    assert ">Romania</a>" in sign_in(ada).get(f"/admin/leads/pipelines/{pipeline.pk}/retire").text


def test_a_custom_field_names_the_rules_that_assign_nothing_without_it(sign_in, ada, bob, make_field):
    field = make_field("Segment")
    rule = make_rule("Retail", f"vip=yes&any.{field.name}.is=retail&any.country=RO", user=bob)
    make_rule("Rest", "country=RO", user=bob)
    browser = sign_in(ada)
    page = browser.get(f"/admin/leads/fields/{field.definition.pk}/delete").text
    assert "1 assignment rule uses the field. It assigns no leads until its conditions are changed:" in page
    assert "1 assignment rule" in browser.get("/admin/leads/fields").text
    record = delete_custom_field(field.definition, by=ada)
    assert "no longer exists" in get_idle_reasons([rule])[rule.pk]
    revert_operation(record, by=ada)
    assert get_idle_reasons([rule]) == {}


def test_a_new_type_names_the_rules_whose_conditions_it_breaks(sign_in, ada, bob, make_field):
    field = make_field("Segment")
    make_rule("Broken", f"{field.name}.contains=retail", user=bob)
    page = sign_in(ada).get(f"/admin/leads/fields/{field.definition.pk}/type?type=number").text
    assert "1 assignment rule has a condition that doesn’t exist for the new type." in page
    assert ">Broken</a>" in page
    other = make_field("Region")
    assert (
        "Broken" not in sign_in(ada).get(f"/admin/leads/fields/{other.definition.pk}/type?type=number").text
    )


def test_deactivating_a_user_names_the_rules_that_only_they_serve(sign_in, ada, bob, dan, departments):
    make_rule("Only Dan", user=dan)
    make_rule("Only Bob", user=bob)
    make_rule("Of Dan", f"owner={dan.pk}", user=bob)
    for member in User.objects.in_departments([departments.export.pk]).exclude(pk=dan.pk):
        Membership.objects.filter(user=member, department=departments.export).delete()
    make_rule("Export", department=departments.export)
    page = sign_in(ada).get(f"/admin/users/{dan.pk}/deactivate").text
    assert "assigns leads only to this user. It’s skipped until another user is chosen:" in page
    assert "assigns leads to members of a department, of whom only this user is left." in page
    assert "The user is in the conditions of 1 assignment rule, which stays as it is:" in page
    assert [f">{name}</a>" in page for name in ("Only Dan", "Export", "Of Dan", "Only Bob")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_department_that_gets_leads_by_a_rule_cannot_be_retired(sign_in, ada, bob):
    empty = Department.objects.create(name="Empty")
    rule = make_rule("To it", department=empty)
    make_rule("From it", f"department={empty.pk}", user=bob)
    browser, path = sign_in(ada), f"/admin/departments/{empty.pk}/retire"
    answer = browser.post(path)
    assert answer.status_code == 422
    assert "1 assignment rule assigns leads to this department." in answer.text
    with operation("test", by=None):
        AssignmentRule.objects.filter(pk=rule.pk).retire()
    assert "The department is in the conditions of 1 assignment rule" in browser.get(path).text
    assert browser.post(path).status_code == 302
    empty.refresh_from_db()
    assert empty.retired


def test_users_who_may_not_view_rules_see_how_many_but_not_their_names(sign_in, someone_with, bob):
    empty = Department.objects.create(name="Empty")
    make_rule("Secret name", department=empty)
    eve = someone_with("see_all", "view_department", "delete_department")
    page = sign_in(eve).get(f"/admin/departments/{empty.pk}/retire").text
    assert "1 assignment rule assigns leads to this department. Choose another department for it." in page
    assert "Secret name" not in page
