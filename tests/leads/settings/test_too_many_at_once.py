"""Settings that more than a million leads have aren't deleted with one change of all: the list changes them in parts first, and
lost reasons, which it can't change, are merged in portions. Nor are so many leads given back by the undo of a run."""

import pytest
from django.db.models import Q
from django.utils import timezone

from crm.models import Job, Operation
from crm.records.history import multi_part_changes
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import Refusal, operation
from leads.models import AssignmentRun, Lead, LostReason
from leads.settings.merge import RowMerge
from leads.settings.retirement import RetirementRefused
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.verbs import MergeLostReasons
from tests.crm.transfer.imports.importing import work
from tests.leads.assignment.assigning import come_in, make_rule
from tests.leads.settings.test_pipelines import LIST, status_of

SENTENCE = "More than 2 records would change at once."


@pytest.fixture(autouse=True)
def three_are_too_many(monkeypatch, make_lead, statuses):
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 2)
    for name in "ABC":
        make_lead(name, status=statuses.contacted)


def refused(answer) -> bool:
    """Nothing was changed or queued, and the page says what to do."""
    return (
        answer.status_code == 409
        and SENTENCE in answer.content.decode()
        and not Operation.objects.filter(kind__regex="retire|merge").exists()
        and not Job.objects.exists()
    )


def test_a_status_of_too_many_leads_is_not_deleted_until_the_list_has_changed_them(
    sign_in, ada, statuses, monkeypatch
):
    browser, address = sign_in(ada), f"/admin/leads/statuses/{statuses.contacted.pk}/delete"
    assert SENTENCE in browser.get(address).content.decode()
    assert refused(browser.post(address, {"successor": statuses.qualified.pk}))
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 3)
    assert SENTENCE not in browser.get(address).content.decode()
    assert browser.post(address, {"successor": statuses.qualified.pk}).status_code == 302


def test_statuses_of_too_many_leads_are_not_merged(sign_in, ada, statuses):
    address = f"/admin/leads/statuses/merge?row={statuses.contacted.pk}"
    assert refused(sign_in(ada).post(address, {"into": statuses.qualified.pk}))


def test_a_pipeline_with_too_many_leads_is_not_retired(sign_in, ada, sales, renewals):
    assert status_of(renewals, "Talking")
    address = f"{LIST}/{sales.pk}/retire"
    assert SENTENCE in sign_in(ada).get(address).content.decode()
    assert refused(sign_in(ada).post(address, {"pipeline": renewals.pk}))


@pytest.fixture
def reasons_of_three(reasons, make_lead, monkeypatch):
    """Three lost leads with one of two reasons; two are a portion."""
    monkeypatch.setattr("leads.settings.merge.ROWS_A_PART", 2)
    monkeypatch.setattr("leads.settings.views.merge.ROWS_AT_ONCE", 2)
    for reason in (reasons.budget, reasons.budget, reasons.timing):
        make_lead(f"Lost for {reason}", status="lost", lost_reason=reason)
    return reasons


def merge(browser, reasons):
    rows = f"row={reasons.budget.pk}&row={reasons.timing.pk}"
    return browser.post(f"/admin/leads/lost-reasons/merge?{rows}", {"into": reasons.competitor.pk})


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_lost_reasons_of_too_many_leads_are_merged_in_portions(sign_in, ada, reasons_of_three):
    browser, reasons = sign_in(ada), reasons_of_three
    assert "/admin/jobs/" in merge(browser, reasons)["Location"]
    work()
    job = Job.objects.get()
    assert (job.state, job.problem) == ("finished", "")
    first, last = Operation.objects.filter(kind="merge_lost_reasons").order_by("pk")
    assert (first.changed, last.changed) == (2, 1)
    assert set(Lead.objects.filter(status__key="lost").values_list("lost_reason", flat=True)) == {
        reasons.competitor.pk
    }
    assert set(LostReason.objects.filter(retired=True)) >= {reasons.budget, reasons.timing}
    revert_operation(last, by=ada)
    revert_operation(first, by=ada)
    assert Lead.objects.filter(lost_reason=reasons.budget).count() == 2
    assert not LostReason.objects.get(pk=reasons.budget.pk).retired


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_merge_that_fails_after_a_portion_says_that_it_is_saved(
    sign_in, ada, reasons_of_three, monkeypatch
):
    merge(sign_in(ada), reasons_of_three)

    def fail(*arguments, **keywords):
        raise RuntimeError

    monkeypatch.setattr(RowMerge, "carry_out", fail)
    work()
    assert Job.objects.get().problem == "Something went wrong on our side. The finished parts are saved."


def test_a_portion_is_not_merged_by_who_may_not_change_all_of_the_leads(ann, reasons_of_three, departments):
    lead = Lead.objects.filter(lost_reason=reasons_of_three.timing).get()
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(department=departments.export, owner=None)
    merging = RowMerge(
        SETTINGS_TABLES["lost_reason"],
        (reasons_of_three.budget.pk, reasons_of_three.timing.pk),
        reasons_of_three.competitor.pk,
    )
    with pytest.raises(RetirementRefused):
        merging.carry_out_portion(by=ann, progress=lambda done, total: None)


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_lost_reasons_of_too_many_leads_are_merged_although_some_are_erased(sign_in, ada, reasons_of_three):
    erase_with(reasons_of_three.budget)
    merge(sign_in(ada), reasons_of_three)
    work()
    job = Job.objects.get()
    assert (job.state, job.problem) == ("finished", "")
    assert Lead.objects.filter(lost_reason=reasons_of_three.competitor).count() == 3


def test_lost_reasons_of_a_few_leads_are_merged_although_some_are_erased(
    sign_in, ada, reasons_of_three, monkeypatch
):
    monkeypatch.setattr("leads.settings.views.merge.ROWS_AT_ONCE", 3)
    erase_with(reasons_of_three.timing)
    assert merge(sign_in(ada), reasons_of_three).status_code == 302
    assert Lead.objects.filter(lost_reason=reasons_of_three.competitor).count() == 3


def erase_with(reason) -> None:
    with operation("test", by=None):
        assert Lead.objects.filter(lost_reason=reason).update(erased_at=timezone.now())


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_portion_that_changes_nothing_ends_the_merge_with_a_reason(
    sign_in, ada, reasons_of_three, monkeypatch
):
    monkeypatch.setattr(MergeLostReasons, "get_refusals", lambda self: [Refusal("refused", Q(pk__gt=0))])
    merge(sign_in(ada), reasons_of_three)
    work()
    problem = "You don’t have permission to change all of the affected records. Ask an administrator."
    assert (Job.objects.get().state, Job.objects.get().problem) == ("failed", problem)


def test_a_run_with_too_many_leads_is_not_undone_from_the_log(sign_in, ada, bob, make_lead):
    make_rule("Romania", user=bob)
    come_in([make_lead(f"Ana {number}") for number in range(3)], "import", by=ada)
    address = f"/admin/rules/log/{AssignmentRun.objects.get().pk}/undo"
    assert SENTENCE in sign_in(ada).get(address).text
    answer = sign_in(ada).post(address)
    assert (answer.status_code, SENTENCE in answer.text) == (409, True)
    assert Lead.objects.filter(owner=bob).count() == 3
