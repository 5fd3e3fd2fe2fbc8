"""Undoing from the run log: what was reassigned since stays, twice is once, and large runs are a job."""

import pytest

from crm.models import Job, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from leads.models import AssignmentRun, Lead
from leads.verbs import Assign
from tests.crm.transfer.imports.importing import work
from tests.leads.assignment.assigning import come_in, make_rule

pytestmark = pytest.mark.django_db

LOG = "/admin/rules/log"


@pytest.fixture
def run(ada, bob, make_lead):
    """Two leads that a rule assigned to Bob, and their run."""
    make_rule("Romania", user=bob)
    leads = [make_lead("Ana Albu"), make_lead("Ion Pop")]
    come_in(leads, "import", by=ada)
    return AssignmentRun.objects.get(), leads


def owners(leads) -> list:
    return [Lead.objects.get(pk=lead.pk).owner for lead in leads]


def test_a_lead_that_someone_reassigned_since_keeps_its_owner(sign_in, ada, ben, run):
    made, leads = run
    carry_out(Assign(ben), Lead.objects.changeable_by(ada), by=ada, wanted=[leads[0].pk])
    browser, path = sign_in(ada), f"{LOG}/{made.pk}/undo"
    page = browser.get(path)
    assert page.context["outcome"].refused == {"changed_since": [leads[0].pk]}
    assert "1 lead</b> can’t be changed" in page.text
    browser.post(path)
    assert owners(leads) == [ben, None]


def test_a_second_undo_changes_nothing(sign_in, ada, ben, run):
    made, leads = run
    browser, path = sign_in(ada), f"{LOG}/{made.pk}/undo"
    browser.post(path)
    carry_out(Assign(ben), Lead.objects.changeable_by(ada), by=ada, wanted=[leads[0].pk])
    answer = browser.post(path)
    assert answer.status_code == 409
    assert "This can’t be undone." in answer.text
    assert owners(leads) == [ben, None]


def test_an_undo_that_was_undone_can_be_done_again(sign_in, ada, bob, run):
    made, leads = run
    browser, path = sign_in(ada), f"{LOG}/{made.pk}/undo"
    browser.post(path)
    revert_operation(Operation.objects.get(kind="undo_assignment"), by=ada)
    assert owners(leads) == [bob, bob]
    (line,) = browser.get(LOG).context["lines"]
    assert line.may_undo
    assert browser.post(path).status_code == 302
    assert owners(leads) == [None, None]


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_large_run_is_undone_by_a_job(sign_in, ada, run, monkeypatch):
    made, leads = run
    monkeypatch.setattr("leads.assignment.views.run_undo.ROWS_AT_ONCE", 1)
    answer = sign_in(ada).post(f"{LOG}/{made.pk}/undo")
    assert answer["Location"] == f"/admin/jobs/{Job.objects.get().pk}"
    work()
    assert owners(leads) == [None, None]
    assert sign_in(ada).post(f"{LOG}/{made.pk}/undo").status_code == 409
