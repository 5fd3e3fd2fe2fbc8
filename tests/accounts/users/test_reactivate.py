"""After a deactivation: leads that arrived too late, large reassignments, undo, and reactivating a user."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.authentication.session_store import hash_session_key
from accounts.jobs import run_reassignment_job
from accounts.models import Membership, Session, User
from accounts.ownership.actions import get_owner_choices
from accounts.users.deactivation import Heirs, deactivate
from crm.models import Job, Operation, SavedView
from crm.platform import jobs
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out
from leads.kind import LEAD
from leads.models import Lead
from leads.verbs import Assign, HandOver
from tests.accounts.users.leaving import EVERYWHERE, owner_of, to
from tests.conftest import make_user
from tests.reading import close_up


def test_leads_assigned_at_the_same_moment_can_be_reassigned_later(sign_in, ada, bob, ben, press, make_lead):
    press()
    lead = make_lead(owner=bob)
    page = close_up(sign_in(ada).get(f"/admin/users/{bob.pk}").text)
    assert "Bob still owns: 1 open lead" in page
    assert press(to("one", owner=ben)).status_code == 302
    assert owner_of(lead) == ben


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_many_leads_are_reassigned_by_a_job_while_access_ends_immediately(
    press, ada, bob, ben, scene, monkeypatch
):
    monkeypatch.setattr("accounts.users.deactivation.ROWS_AT_ONCE", 2)
    press(to("one", owner=ben))
    bob.refresh_from_db()
    assert not bob.is_active
    assert owner_of(scene.new) == bob
    job = Job.objects.get(kind="hand_over")
    assert (job.user, job.total) == (ada, 3)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("finished", "")
    assert job.operation.changed == 3
    assert owner_of(scene.new) == ben


def test_the_job_stops_with_a_message_if_the_colleague_has_left_since(ada, bob, ben, scene):
    job = Job(kind="hand_over", user=ada, arguments={"user": bob.pk, **Heirs((ben,)).as_arguments()})
    User.objects.filter(pk__in=[bob.pk, ben.pk]).update(is_active=False)
    with pytest.raises(jobs.JobProblem, match="no longer active"):
        run_reassignment_job(job, None)
    assert owner_of(scene.new) == bob


def test_the_job_stops_with_a_message_if_the_user_is_active_again(ada, bob, ben, scene):
    job = Job(kind="hand_over", user=ada, arguments={"user": bob.pk, **Heirs((ben,)).as_arguments()})
    with pytest.raises(jobs.JobProblem, match="Bob has been reactivated"):
        run_reassignment_job(job, None)
    assert owner_of(scene.new) == bob


def test_undo_does_not_give_leads_back_to_an_inactive_user(press, ada, bob, ben, scene, departments):
    press(to("one", owner=ben))
    with pytest.raises(
        UndoRefused, match=r"no longer active. Reactivate Bob first. Then you can undo the rest."
    ):
        revert_operation(Operation.objects.get(kind="deactivate"), by=ada)
    lead = Lead.objects.get(pk=scene.export.pk)
    assert (lead.owner, lead.department) == (ben, departments.sales)


def test_undo_gives_a_reactivated_user_their_leads_back(press, sign_in, ada, bob, ben, scene, departments):
    press(to("one", owner=ben))
    browser = sign_in(ada)
    answer = browser.post(f"/admin/users/{bob.pk}/reactivate")
    assert answer["Location"] == f"/admin/users/{bob.pk}"
    record = Operation.objects.get(kind="deactivate")
    page = browser.get(answer["Location"]).text
    assert "Bob can sign in again" in page
    assert f"/admin/operations/{record.pk}/undo" in page
    bob.refresh_from_db()
    assert bob.is_active
    revert_operation(record, by=User.objects.with_rights().get(pk=ada.pk))
    lead = Lead.objects.get(pk=scene.export.pk)
    assert (owner_of(scene.new), lead.owner, lead.department) == (bob, bob, departments.export)


@pytest.mark.parametrize("at_once", [1, 5_000])
def test_a_reactivated_user_gets_back_the_shared_views_that_still_belong_to_the_colleague(
    press, sign_in, ada, bob, ben, scene, departments, monkeypatch, at_once
):
    monkeypatch.setattr("accounts.users.deactivation.ROWS_AT_ONCE", at_once)
    shared = {"owner": bob, "department": departments.sales}
    kept, passed_on, gone = (SavedView.objects.create(table="lead", name=name, **shared) for name in "abc")
    bens = SavedView.objects.create(table="lead", name="Ben's own", owner=ben, department=departments.sales)
    press(to("one", owner=ben))
    assert set(SavedView.objects.owned_by(ben)) == {kept, passed_on, gone, bens}
    SavedView.objects.filter(pk=passed_on.pk).update(owner=ada)
    gone.delete()
    browser = sign_in(ada)
    answer = browser.post(f"/admin/users/{bob.pk}/reactivate")
    assert "1 shared view belongs to them again." in browser.get(answer["Location"]).text
    assert set(SavedView.objects.owned_by(bob)) == {kept}
    assert set(SavedView.objects.owned_by(ben)) == {bens}
    assert SavedView.objects.get(pk=passed_on.pk).owner == ada


def test_a_reactivated_user_without_leads_gets_the_shared_views_back_too(
    press, sign_in, ada, dan, departments
):
    view = SavedView.objects.create(table="lead", owner=dan, name="Dan's", department=departments.export)
    press(whom=dan)
    view.refresh_from_db()
    assert view.owner == ada
    sign_in(ada).post(f"/admin/users/{dan.pk}/reactivate")
    view.refresh_from_db()
    assert view.owner == dan
    assert Operation.objects.filter(kind="deactivate").count() == 1


def test_the_old_sessions_of_a_reactivated_user_stay_ended(press, sign_in, ada, bob):
    old = Client()
    old.force_login(bob, backend=EVERYWHERE)
    key = old.cookies["sessionid"].value
    data = Session.objects.get(session_key=hash_session_key(key)).session_data
    press()
    sign_in(ada).post(f"/admin/users/{bob.pk}/reactivate")
    kept = {"session_data": data, "expire_date": "2099-01-01T00:00:00Z", "used_at": timezone.now()}
    Session.objects.create(session_key=hash_session_key(key), **kept)
    assert old.get("/profile").status_code == 302


def test_a_reactivated_user_is_removed_from_retired_departments(press, sign_in, ada, carla, departments):
    Membership.objects.create(user=carla, department=departments.sales, position=1)
    press(whom=carla)
    departments.export.retired = True
    departments.export.save()
    sign_in(ada).post(f"/admin/users/{carla.pk}/reactivate")
    assert User.objects.with_rights().get(pk=carla.pk).department_ids == [departments.sales.pk]


def test_records_are_never_assigned_to_an_inactive_user(ann, bob, ben, make_lead):
    lead = make_lead(owner=bob)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    left = User.objects.with_rights().get(pk=ben.pk)
    assert str(ben.pk) not in dict(get_owner_choices(ann))
    rows = Lead.objects.present().changeable_by(ann)
    for verb in (Assign(left), HandOver(Lead, bob, (left,))):
        outcome = carry_out(verb, rows, by=ann)
        assert outcome.refused == {"owner_inactive": [lead.pk]}
    assert owner_of(lead) == bob


def test_a_user_deactivated_a_moment_ago_cannot_deactivate_anyone(ada, bob, departments):
    second = make_user("second", "administrator", [departments.sales])
    User.objects.filter(pk=second.pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        deactivate(bob, Heirs(), by=second)
    bob.refresh_from_db()
    assert bob.is_active


def test_a_deactivation_has_a_label(press, ben, bob, scene):
    press(to("one", owner=ben))
    record = Operation.objects.get(kind="deactivate")
    assert str(HandOver.get_label(record.parameters, LEAD)) == "Reassign Bob’s leads"
    assert record.undo_until - record.at == timedelta(days=30)
