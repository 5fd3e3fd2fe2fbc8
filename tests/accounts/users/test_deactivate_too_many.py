"""A user who leaves with more records than one change may have: access ends at once, and the records wait for the list."""

import pytest

from accounts.users.deactivation import Heirs, deactivate
from crm.models import Job, Operation
from crm.records.history import multi_part_changes
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import Assign
from tests.accounts.users.leaving import owner_of, to
from tests.crm.transfer.imports.importing import work
from tests.reading import close_up

SENTENCE = "Bob has too many open records to reassign all of them here. Reassign them in the list,"


@pytest.fixture
def two_are_too_many(monkeypatch):
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 2)


def owners(scene) -> set:
    return {owner_of(lead) for lead in (scene.new, scene.planned, scene.export)}


def test_the_page_says_so_before_and_asks_for_no_owner(sign_in, ada, bob, scene, two_are_too_many):
    page = close_up(sign_in(ada).get(f"/admin/users/{bob.pk}/deactivate").text)
    assert SENTENCE in page
    assert "If you deactivate Bob first, the records keep their owner until then." in page
    assert "Reassign open records to" not in page
    assert "Open records go to their new owner." not in page


def test_access_ends_at_once_and_the_records_keep_their_owner(
    press, sign_in, ada, bob, ben, scene, two_are_too_many
):
    assert press(to("one", owner=ben))["Location"] == f"/admin/users/{bob.pk}"
    bob.refresh_from_db()
    assert not bob.is_active
    assert owners(scene) == {bob}
    assert not Job.objects.exists()
    assert Operation.objects.get(kind="deactivate").changed == 0
    assert SENTENCE in close_up(sign_in(ada).get("/admin/leads").text)
    page = close_up(sign_in(ada).get(f"/admin/users/{bob.pk}/deactivate").text)
    assert SENTENCE in page
    assert "If you deactivate Bob first" not in page
    assert 'data-kind="negative"' not in page


def test_once_the_list_has_reassigned_some_the_others_can_be_reassigned_there(
    press, ada, bob, ben, scene, two_are_too_many
):
    press(to("one", owner=ben))
    carry_out(Assign(ben), Lead.objects.changeable_by(ada), by=ada, wanted=[scene.export.pk])
    press(to("one", owner=ben))
    assert owners(scene) == {ben}


def test_a_program_that_deactivates_users_is_not_kept_from_it(ada, bob, ben, scene, two_are_too_many):
    done = deactivate(bob, Heirs((ben,)), by=ada)
    assert (done.record, done.job) == (None, None)
    assert done.left.startswith(SENTENCE)
    assert owners(scene) == {bob}


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_job_that_finds_too_many_reassigns_none_of_them(press, bob, ben, scene, monkeypatch):
    monkeypatch.setattr("accounts.users.deactivation.ROWS_AT_ONCE", 1)
    press(to("one", owner=ben))
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 2)
    work()
    job = Job.objects.get(kind="hand_over")
    assert (job.state, job.problem.startswith(SENTENCE)) == ("failed", True)
    assert owners(scene) == {bob}
