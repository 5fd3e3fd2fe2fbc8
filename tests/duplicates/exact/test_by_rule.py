"""Merging exact duplicates by a rule: the preview shows what is merged, and exactly that is merged and undone."""

import pytest
from django.contrib.auth.models import Permission

from crm.models import Job, MergedRecord, Operation
from crm.platform.jobs import run_job
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from duplicates.models import MergePlan
from duplicates.verbs import mark_as_different
from leads.models import Lead
from leads.verbs import Edit

pytestmark = pytest.mark.django_db(databases=["default", "progress"])
PAGE = "/admin/duplicates/exact"
EMAIL = "ana@omnia.example"
RULE = {"match": "lead-email", "keep": "oldest", "values": "newest"}


def ran(browser) -> str:
    """The page after its job has run."""
    run_job(job_id=Job.objects.latest("pk").pk)
    return browser.get(f"{PAGE}/{MergePlan.objects.latest('pk').pk}").text


def previewed(browser, **values) -> str:
    assert browser.post(PAGE, RULE | values).status_code == 302
    return ran(browser)


def merged(browser) -> str:
    plan = MergePlan.objects.latest("pk")
    assert browser.post(f"{PAGE}/{plan.pk}").status_code == 302
    return ran(browser)


@pytest.fixture
def three(make_lead, ann):
    """The oldest first."""
    return [
        make_lead("Ana Albu", owner=ann, email=EMAIL, city="Cluj"),
        make_lead("Ana Pop", owner=ann, email=EMAIL.upper(), city="Sibiu", company="Omnia", title="CEO"),
        make_lead("Ana Zet", owner=ann, email=EMAIL, city=""),
    ]


def test_the_preview_shows_the_groups_as_they_will_be(sign_in, ann, three, make_lead):
    make_lead("Other", email="other@omnia.example")
    page = previewed(sign_in(ann))
    assert "1 group will be merged" in page
    assert "2 records go to Trash" in page
    assert "Company: Omnia" in page
    assert "City: Sibiu" in page
    assert not MergedRecord.objects.exists()


def test_what_was_previewed_is_merged_in_one_operation_and_undone(sign_in, ann, three, make_lead):
    others = [make_lead(f"Dan {name}", owner=ann, email="dan@omnia.example") for name in "AB"]
    browser = sign_in(ann)
    previewed(browser)
    page = merged(browser)
    assert "The duplicates were merged" in page
    record = Operation.objects.get(kind="merge")
    assert {row.record: row.into for row in MergedRecord.objects.all()} == {
        three[1].pk: three[0].pk,
        three[2].pk: three[0].pk,
        others[1].pk: others[0].pk,
    }
    kept = Lead.objects.get(pk=three[0].pk)
    assert (kept.city, kept.company, kept.title) == ("Sibiu", "Omnia", "CEO")
    assert browser.get(f"/admin/operations/{record.pk}").status_code == 200
    revert_operation(record, by=ann)
    assert Lead.objects.present().count() == 5
    assert Lead.objects.get(pk=three[0].pk).city == "Cluj"
    assert not MergedRecord.objects.exists()


def test_the_groups_are_merged_in_parts_of_one_operation(sign_in, ann, make_lead, monkeypatch):
    monkeypatch.setattr("duplicates.exact.merge_run.PORTION", 1)
    for name in "ABC":
        for number in (1, 2):
            lead = make_lead(f"{name} {number}", owner=ann, email=f"{name}@omnia.example")
            carry_out(AddActivity(ann, "note", f"Note of {name}"), Lead.objects.filter(pk=lead.pk), by=ann)
    browser = sign_in(ann)
    previewed(browser)
    merged(browser)
    record = Operation.objects.get(kind="merge")
    assert (record.changed, MergedRecord.objects.count()) == (6, 3)
    assert "Note of A" in browser.get(f"/admin/leads/{Lead.objects.present().earliest('pk').pk}").text
    assert browser.get(f"/admin/operations/{record.pk}").status_code == 200
    revert_operation(record, by=ann)
    assert Lead.objects.present().count() == 6


@pytest.mark.parametrize(("keep", "place"), [("oldest", 0), ("newest", 2), ("fullest", 1)])
def test_the_rule_says_which_record_is_kept(sign_in, ann, three, keep, place):
    browser = sign_in(ann)
    previewed(browser, keep=keep)
    merged(browser)
    assert Lead.objects.present().get().pk == three[place].pk


def test_the_kept_record_keeps_its_own_values_if_the_rule_says_so(sign_in, ann, three):
    browser = sign_in(ann)
    assert "City: Sibiu" not in previewed(browser, values="kept")
    merged(browser)
    kept = Lead.objects.present().get()
    assert (kept.city, kept.title) == ("Cluj", "CEO")


def test_the_same_email_and_name_are_both_compared(sign_in, ann, three, make_lead):
    make_lead("ANA ALBU", owner=ann, email=EMAIL)
    browser = sign_in(ann)
    assert "1 record goes to Trash" in previewed(browser, match="lead-email-name")


def test_groups_with_records_that_the_user_can_only_see_are_skipped_and_counted(
    sign_in, ann, make_lead, departments
):
    make_lead("Ana Albu", owner=ann, email=EMAIL)
    make_lead("Shared", email=EMAIL, department=departments.export, shared=True)
    page = previewed(sign_in(ann))
    assert "0 groups will be merged" in page
    assert "1 group is skipped" in page
    assert "You can’t change all of the records." in page


def test_a_record_out_of_scope_leaves_no_trace(sign_in, ann, make_lead, departments):
    make_lead("Ana Albu", owner=ann, email=EMAIL)
    make_lead("Hidden", email=EMAIL, department=departments.export)
    page = previewed(sign_in(ann))
    assert "0 groups will be merged" in page
    assert "skipped" not in page
    assert MergePlan.objects.get().found == 0


def test_groups_marked_as_different_are_skipped(sign_in, ann, three):
    mark_as_different([("lead", lead.pk) for lead in three[:2]], by=ann)
    page = previewed(sign_in(ann))
    assert "0 groups will be merged" in page
    assert "marked as not duplicates" in page


def test_a_value_that_too_many_records_share_is_skipped(sign_in, ann, three, monkeypatch):
    monkeypatch.setattr("duplicates.exact.group_search.LARGEST", 2)
    assert "More than 50 records share the value." in previewed(sign_in(ann))


def test_converted_leads_and_records_in_trash_do_not_take_part(
    sign_in, ann, make_lead, make_contact, in_trash
):
    make_lead("Ana Albu", owner=ann, email=EMAIL)
    make_lead("Ana Pop", owner=ann, email=EMAIL, client_contact=make_contact("Ana Pop"))
    in_trash(make_lead("Ana Zet", owner=ann, email=EMAIL))
    assert "0 groups will be merged" in previewed(sign_in(ann))


def test_groups_that_changed_since_the_preview_are_skipped_and_named(sign_in, ann, three, make_lead):
    others = [make_lead(f"Dan {name}", owner=ann, email="dan@omnia.example") for name in "AB"]
    browser = sign_in(ann)
    previewed(browser)
    carry_out(Edit({"city": "Iași"}), Lead.objects.filter(pk=others[1].pk), by=ann)
    page = merged(browser)
    assert "1 group was skipped, because it changed since the preview" in page
    assert "Dan A" in page
    assert MergedRecord.objects.count() == 2


def test_a_new_duplicate_is_not_merged_along_with_what_was_previewed(sign_in, ann, three, make_lead):
    browser = sign_in(ann)
    previewed(browser)
    new = make_lead("Ana New", owner=ann, email=EMAIL)
    merged(browser)
    assert set(Lead.objects.present()) == {three[0], new}


def test_nothing_is_merged_if_all_groups_have_changed(sign_in, ann, three):
    browser = sign_in(ann)
    previewed(browser)
    with operation("test", by=None):
        Lead.objects.filter(pk=three[2].pk).update(city="Iași")
    assert "Nothing was merged" in merged(browser)
    assert not Operation.objects.filter(kind="merge").exists()


def test_a_canceled_merge_changes_nothing(sign_in, ann, three):
    browser = sign_in(ann)
    previewed(browser)
    plan = MergePlan.objects.get()
    browser.post(f"{PAGE}/{plan.pk}")
    browser.post(f"/admin/jobs/{Job.objects.latest('pk').pk}/cancel")
    page = ran(browser)
    assert "Nothing was merged" in page
    assert not MergedRecord.objects.exists()


def test_a_second_click_merges_nothing_twice(sign_in, ann, three):
    browser = sign_in(ann)
    previewed(browser)
    plan = MergePlan.objects.get()
    browser.post(f"{PAGE}/{plan.pk}")
    browser.post(f"{PAGE}/{plan.pk}")
    assert Job.objects.filter(kind="merge_exact_duplicates").count() == 1
    ran(browser)
    browser.post(f"{PAGE}/{plan.pk}")
    assert Job.objects.filter(kind="merge_exact_duplicates").count() == 1


def test_a_user_who_lost_the_permission_since_merges_nothing(sign_in, ann, three):
    browser = sign_in(ann)
    previewed(browser)
    browser.post(f"{PAGE}/{MergePlan.objects.get().pk}")
    bulk = Permission.objects.get(codename="bulk_lead")
    for role in ann.groups.all():
        role.permissions.remove(bulk)
    run_job(job_id=Job.objects.latest("pk").pk)
    assert not MergedRecord.objects.exists()


def test_companies_with_the_same_domain_and_contacts_with_the_same_phone_are_merged(
    sign_in, ann, make_company, make_contact
):
    browser = sign_in(ann)
    for name in ("Omnia", "Omnia SRL"):
        make_company(name, domain="omnia.example")
        make_company(name, domain="gmail.com")
        make_contact("Ana Pop", phone_normal="+40722123456")
    assert "1 group will be merged" in previewed(browser, match="company-domain")
    merged(browser)
    assert "1 group will be merged" in previewed(browser, match="contact-phone")
    merged(browser)
    assert MergedRecord.objects.count() == 2


def test_a_plan_belongs_to_one_user_and_ends_after_a_day(sign_in, ann, ada, three):
    previewed(sign_in(ann))
    plan = MergePlan.objects.get()
    assert sign_in(ada).get(f"{PAGE}/{plan.pk}").status_code == 404
    MergePlan.objects.update(at="2026-01-01T00:00:00Z")
    assert sign_in(ann).get(f"{PAGE}/{plan.pk}").status_code == 404


@pytest.mark.parametrize("wrong", [{"match": "deal-email"}, {"keep": "x"}, {"values": ""}])
def test_a_rule_that_does_not_exist_starts_nothing(sign_in, ann, wrong):
    assert sign_in(ann).post(PAGE, RULE | wrong).status_code == 422
    assert not Job.objects.exists()


def test_a_sales_rep_cannot_merge_by_a_rule(sign_in, bob):
    assert sign_in(bob).get(PAGE).status_code == 403
    assert sign_in(bob).post(PAGE, RULE).status_code == 403
