"""The demo company: realistic, skewed, and correct in every derived value."""

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from accounts import demo as people
from accounts.models import User
from crm.models import Notification, Operation, SavedView
from crm.platform.web.notifications import get_notification_sentence
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.undo_permission import get_undo_obstacle
from crm.records.listing.record_list import RecordList
from leads.demo.generation import grow_leads
from leads.demo.saved_views import share_views
from leads.demo.todays_changes import assign_newest_leads
from leads.kind import LEAD
from leads.models import Lead, Newsletter, StatusMove

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """Once for all tests: each of them undoes what it adds."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        people.install_demo_people("a-password-for-tests")
        assert grow_leads(1_500) == 1_500
        # Indexes can't be changed while constraints are still to be checked.
        connection.check_constraints()
        yield
        transaction.set_rollback(True)


def test_the_demo_is_realistic_and_matches_its_history(company):
    assert list(find_history_differences()) == []
    leads = Lead.objects.all()
    assert leads.values("status").distinct().count() == 7
    assert leads.filter(status__kind__in=["lost", "disqualified"], lost_reason=None).count() == 0
    assert leads.filter(owner=None).exists()
    assert leads.filter(email="").exists()
    assert leads.values("email_key").annotate(n=Count("pk")).filter(n__gt=1).exclude(email_key="").exists()
    assert leads.filter(base_value=None, value__isnull=False).exists()
    assert Newsletter.objects.values("state").distinct().count() == 2
    largest = leads.values("owner").exclude(owner=None).annotate(n=Count("pk")).order_by("-n").first()
    assert 0.15 < largest["n"] / 1_500 < 0.25
    old = User.objects.get(name="Emeka Obi")
    assert (
        leads.filter(owner=old).order_by("-created_at").first().created_at
        < leads.earliest("-created_at").created_at
    )
    assert (
        not StatusMove.objects.filter(entered__gt=leads.latest("created_at").updated_at)
        .exclude(left=None)
        .exists()
    )


def test_nothing_was_due_before_the_lead_was_added_or_moved_last(company):
    open_leads = Lead.objects.filter(status__kind__in=["new", "contacted", "qualified", "proposal"])
    due = list(open_leads.exclude(next_action_on=None))
    assert all(lead.next_action_on >= timezone.localtime(lead.status_since).date() for lead in due)
    today = timezone.localdate()
    added_today = [lead for lead in due if timezone.localtime(lead.created_at).date() == today]
    assert all(lead.next_action_on >= today for lead in added_today)
    assert 0 < sum(lead.next_action_on < today for lead in due) / len(due) < 0.25


@pytest.mark.hard
def test_the_few_that_are_added_to_many_are_as_right(company):
    grow_leads(1_600)
    assert list(find_history_differences()) == []


def test_the_demo_grows_to_the_requested_number_of_leads(company):
    assert grow_leads(1_600) == 100
    assert grow_leads(1_000) == 0
    assert Lead.objects.count() == 1_600


def test_all_members_of_a_department_have_its_saved_views_and_each_one_is_valid(company):
    share_views()
    share_views()
    rep = User.objects.with_rights().get(email="rep@demo.example")
    views = SavedView.objects.visible_to(rep).in_order()
    assert [view.name for view in views] == ["Open leads", "My open leads", "Overdue", "Nobody's", "VIP"]
    for view in views:
        listing = RecordList(LEAD, view.parameters, rep)
        assert listing.filters.problems == []
        shown = Lead.objects.filter(pk__in=listing.get_ids())
        assert shown.exists()
        assert view.name == "VIP" or {lead.status.is_open for lead in shown} == {True}
    everything = Lead.objects.visible_to(rep)
    assert everything.filter(status__kind="lost").exists()


def test_the_history_runs_in_the_order_of_its_numbers_and_in_working_hours(company):
    moments = list(Operation.objects.exclude(kind="install").order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert {timezone.localtime(at).hour for at in moments} <= set(range(8, 19))


def test_the_manager_assigned_leads_today_and_it_can_be_undone(company):
    assign_newest_leads()
    rep = User.objects.with_rights().get(email="rep@demo.example")
    manager = User.objects.with_rights().get(email="manager@demo.example")
    [message] = Notification.objects.of_user(rep)
    assert get_notification_sentence(message) == "Mihai Ionescu assigned 3 leads to you."
    assert get_undo_obstacle(message.operation, manager) == ""
    assert Operation.objects.latest("pk").kind == "vip"


def test_the_six_accounts_are_in_two_departments(company):
    departments = {
        membership.department.name
        for user in User.objects.filter(email__in=[account[1] for account in people.ACCOUNTS])
        for membership in user.memberships.all()
    }
    assert departments == {"Sales Romania", "Sales Europe"}
