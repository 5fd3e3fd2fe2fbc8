"""Deactivating: all access ends immediately, and the work is reassigned in the same step."""

from datetime import date

import pytest
from django.test import Client

from accounts.authentication.password_links import build_password_link
from accounts.jobs import mail_link
from accounts.models import Department, Membership, Role, Session, User
from crm.models import Job, Notification, Operation, SavedView, Task
from crm.platform import jobs
from crm.platform.web.notifications import get_notification_sentence
from leads.models import Lead
from tests.accounts.users.leaving import EVERYWHERE, owner_of, to
from tests.conftest import make_user
from tests.reading import close_up


def test_the_page_first_shows_what_the_user_has(sign_in, ada, bob, ben, scene):
    reps = Role.objects.get(key="rep")
    SavedView.objects.create(table="lead", owner=bob, name="Hot ones", role=reps)
    SavedView.objects.create(table="lead", owner=ben, name="Cold ones", role=reps)
    SavedView.objects.create(table="lead", owner=bob, name="Private")
    jobs.start_job("bulk", bob, {})
    page = close_up(sign_in(ada).get(f"/admin/users/{bob.pk}/deactivate").text)
    assert "<b>3</b>leads" in page
    assert "<b>1</b><span>planned next actions" in page
    assert "<b>1</b><span>overdue next actions" in page
    assert f"owner={bob.pk}&amp;status={scene.new.status_id}" in page
    assert "Hot ones" in page
    assert "Private" not in page
    assert "Cold ones" not in page
    assert "<b>1</b>waiting or running jobs" in page
    bob.refresh_from_db()
    assert bob.is_active


def test_the_leads_can_go_to_one_colleague_in_the_same_step(press, bob, ben, scene, departments):
    assert press(to("one", owner=ben))["Location"] == f"/admin/users/{bob.pk}"
    bob.refresh_from_db()
    assert not bob.is_active
    assert [owner_of(lead) for lead in (scene.new, scene.planned, scene.export)] == [ben] * 3
    assert [owner_of(lead) for lead in (scene.won, scene.binned)] == [bob] * 2
    assert Lead.objects.get(pk=scene.export.pk).department == departments.sales
    record = Operation.objects.get(kind="deactivate")
    assert (record.changed, record.matched, record.refused) == (3, 3, 0)


def test_next_actions_are_reassigned_too(press, ben, scene):
    press(to("one", owner=ben))
    lead = Lead.objects.get(pk=scene.planned.pk)
    assert (lead.owner, lead.next_action, lead.next_action_on) == (ben, "Call", date(2020, 1, 1))


def test_the_colleague_gets_one_notification_and_the_administrator_none(press, ada, ben, scene):
    press(to("one", owner=ben))
    (message,) = Notification.objects.all()
    assert (message.user, get_notification_sentence(message)) == (
        ben,
        "Ada reassigned 3 leads from Bob to you.",
    )
    assert message.path == f"/admin/operations/{message.operation_id}"


def test_the_leads_can_be_spread_evenly_over_the_members_of_a_department(
    press, bob, cast, make_lead, departments
):
    leads = [make_lead(f"Ana {number}", owner=bob) for number in range(10)]
    cast.dan.refresh_from_db()
    make_user("gone", "rep", [departments.export], is_active=False)
    press(to("spread", department=departments.export))
    owners = [owner_of(lead) for lead in leads]
    assert {owner.name for owner in owners} == {"Carla", "Dan"}
    assert owners.count(cast.carla) == owners.count(cast.dan) == 5
    assert set(Lead.objects.values_list("department", flat=True)) == {departments.export.pk}
    assert Notification.objects.filter(kind="handed_over").count() == 2


def test_a_member_whose_first_department_is_another_gets_the_leads_in_the_chosen_one(
    press, bob, make_lead, departments
):
    partners = Department.objects.create(name="Partners")
    lukas = make_user("lukas", "rep", [partners, departments.export])
    lead = make_lead(owner=bob)
    User.objects.filter(email__in=["carla@example.com", "dan@example.com"]).update(is_active=False)
    press(to("spread", department=departments.export))
    lead.refresh_from_db()
    assert (lead.owner, lead.department) == (lukas, departments.export)


def test_the_spread_is_even_across_large_statements(press, bob, cast, make_lead, departments, monkeypatch):
    monkeypatch.setattr("crm.platform.sql.chunks.ROWS_A_STATEMENT", 3)
    for number in range(10):
        make_lead(f"Ana {number}", owner=bob)
    press(to("spread", department=departments.export))
    assert [Lead.objects.owned_by(owner).count() for owner in (cast.carla, cast.dan)] == [5, 5]


def test_the_leads_can_become_unassigned(press, scene):
    press(to("nobody"))
    assert [owner_of(lead) for lead in (scene.new, scene.planned, scene.export)] == [None] * 3
    assert not Notification.objects.exists()


def test_a_user_without_records_is_deactivated_without_a_choice(press, dan):
    assert press(whom=dan)["Location"] == f"/admin/users/{dan.pk}"
    dan.refresh_from_db()
    assert not dan.is_active
    assert Operation.objects.get(kind="deactivate").changed == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"to": "odd"},
        {"to": "one"},
        {"to": "one", "owner": "999999"},
        {"to": "one", "owner": "x"},
        {"to": "spread"},
        {"to": "spread", "department": "999999"},
    ],
)
def test_an_invalid_choice_gets_422_and_changes_nothing(press, bob, scene, wrong):
    answer = press(wrong)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    bob.refresh_from_db()
    assert bob.is_active
    assert owner_of(scene.new) == bob
    assert not Operation.objects.filter(kind="deactivate").exists()


def test_the_leads_cannot_go_to_the_leaving_user_an_inactive_user_or_an_empty_department(
    press, bob, ben, scene, departments
):
    User.objects.filter(pk=ben.pk).update(is_active=False)
    Membership.objects.filter(department=departments.export).delete()
    for wrong in (to("one", owner=bob), to("one", owner=ben), to("spread", department=departments.export)):
        assert press(wrong).status_code == 422
    bob.refresh_from_db()
    assert bob.is_active


def test_the_choice_is_kept_after_an_error(press, ben, scene):
    page = press({"to": "spread", "owner": ben.pk}).text
    assert f'<option value="{ben.pk}" selected>' in page
    assert 'value="spread"' in page.split("checked")[0].rsplit("<input", 1)[1]


def test_every_session_ends_immediately_and_is_deleted(press, bob, dan):
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(bob, backend=EVERYWHERE)
    press()
    for browser in browsers:
        assert browser.get("/profile")["Location"] == "/login?next=/profile"
    keys = [row.get_decoded().get("_auth_user_id") for row in Session.objects.all()]
    assert str(bob.pk) not in keys


def test_password_links_expire_and_no_email_is_sent(press, bob, client, mailoutbox):
    link = build_password_link(bob).removeprefix("http://127.0.0.1:8000")
    press()
    assert Client().get(link).status_code == 410
    mail_link(bob.pk)
    assert not mailoutbox


def test_queued_and_running_jobs_end(press, bob, ben):
    waiting, running, other = (jobs.start_job("bulk", user, {}) for user in (bob, bob, ben))
    Job.objects.filter(pk=running.pk).update(state=Job.State.RUNNING)
    press()
    waiting.refresh_from_db()
    running.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.state, running.cancel_asked, other.state) == ("cancelled", True, "waiting")


def test_shared_views_go_to_the_colleague_or_else_to_the_administrator(
    press, ada, bob, ben, dan, scene, departments
):
    shared = SavedView.objects.create(table="lead", owner=bob, name="Shared", department=departments.sales)
    private = SavedView.objects.create(table="lead", owner=bob, name="Private")
    dans = SavedView.objects.create(table="lead", owner=dan, name="Dan's", department=departments.export)
    press(to("one", owner=ben))
    press(whom=dan)
    for view in (shared, private, dans):
        view.refresh_from_db()
    assert (shared.owner, private.owner, dans.owner) == (ben, bob, ada)


def test_open_tasks_on_other_records_are_reassigned_in_the_same_step(
    press, bob, ben, scene, departments, make_lead, make_task
):
    on_own, on_bens = (make_task("Call", lead, user=bob) for lead in (scene.new, scene.bens))
    elsewhere = make_task("Call", make_lead("Ana Alone", department=departments.export), user=bob)
    press(to("one", owner=ben))
    users = dict(Task.objects.values_list("pk", "user"))
    assert (users[on_own.pk], users[on_bens.pk]) == (ben.pk, ben.pk)
    assert users[elsewhere.pk] is None


def test_tasks_go_to_the_owner_of_the_record_if_no_colleague_is_chosen(press, bob, ben, scene, make_task):
    task = make_task("Call", scene.bens, user=bob)
    press(to("nobody"))
    task.refresh_from_db()
    assert task.user == ben


def test_tasks_are_reassigned_even_if_the_user_has_no_records(press, ben, oscar, scene, make_task):
    task = make_task("Call", scene.bens, user=oscar)
    press(whom=oscar)
    task.refresh_from_db()
    assert task.user == ben
