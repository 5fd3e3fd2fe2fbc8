"""Stuck leads: what counts as stuck, who sees which, reminders, and changing all of a row."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.reminders.task_reminders import send_summaries_of_the_day
from crm.models import Activity, FrozenSet, Notification
from crm.platform.web.notifications import get_notification_sentence
from crm.records.history.verb_execution import operation
from leads.models import Lead, Status
from leads.queue.day_bounds import get_moments, insert_moments
from leads.stuck.stuck_leads import MOST, _build_longest_stuck_sql, get_stuck_groups, get_stuck_ids
from leads.stuck.stuck_leads import get_limited_statuses as limited_statuses

PAGE = "/admin/leads/stuck"


@pytest.fixture
def limited(statuses):
    with operation("test", by=None):
        Status.objects.filter(key__in=["new", "contacted"]).update(most_days=5)


@pytest.fixture
def late(make_lead, limited):
    """Makes a lead that has been in its status for ten days."""

    def make(*arguments, days=10, **values):
        lead = make_lead(*arguments, **values)
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(status_since=timezone.now() - timedelta(days=days))
        return lead

    return make


def in_short(user) -> list[tuple]:
    return [
        (group.name, [(line.status.key, line.count) for line in group.lines])
        for group in get_stuck_groups(user)
    ]


def test_leads_are_stuck_by_owner_and_status_and_unassigned_ones_come_first(late, ada, ann, bob):
    late(owner=ann)
    late(owner=ann, status="contacted")
    late(owner=ann)
    late(owner=bob)
    late(owner=None)
    assert in_short(ada) == [
        ("Unassigned", [("new", 1)]),
        (ann.name, [("new", 2), ("contacted", 1)]),
        (bob.name, [("new", 1)]),
    ]


def test_a_lead_with_something_planned_is_not_stuck_until_the_day_has_passed(late, ada, ann):
    today = timezone.localdate()
    for day, stuck in ((today - timedelta(days=1), 1), (today, 0), (today + timedelta(days=3), 0)):
        lead = late(owner=ann, next_action="Call", next_action_on=day)
        assert sum(group.count for group in get_stuck_groups(ada)) == stuck, day
        assert len(get_stuck_ids([Lead.objects.get(pk=lead.pk)])) == stuck
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).delete()


def test_only_leads_that_the_user_sees_count(late, ann, dan, departments):
    late(owner=dan, department=departments.export)
    late(owner=ann)
    assert in_short(ann) == [(ann.name, [("new", 1)])]


def test_each_row_leads_to_exactly_its_leads(late, sign_in, ada, ann, bob):
    mine, other = late("Ana Row", owner=ann), late("Dan Other", owner=bob)
    fresh = late("Eva Fresh", owner=ann, days=1)
    line = next(line for group in get_stuck_groups(ada) for line in group.lines if group.owner == ann)
    listed = sign_in(ada).get(line.address).text
    assert str(mine) in listed
    assert str(other) not in listed
    assert str(fresh) not in listed


def test_owners_are_reminded_once_but_not_of_their_own_leads(late, sign_in, ada, ann, bob):
    late(owner=ann)
    late(owner=ann, status="contacted")
    late(owner=bob)
    late(owner=ada)
    lines = [line.value for group in get_stuck_groups(ada) for line in group.lines if group.owner != bob]
    sign_in(ada).post(PAGE, {"action": "remind", "line": lines})
    notice = Notification.objects.get(kind="stuck")
    assert notice.user == ann
    assert get_notification_sentence(notice) == f"{ada.name} reminds you of 2 stuck leads."
    assert "over_limit=yes&owner=me" in notice.path


def test_reminding_requires_the_permission_to_assign(late, sign_in, someone_with, ann):
    late(owner=ann)
    user = someone_with("view_lead", "see_all")
    browser = sign_in(user)
    line = get_stuck_groups(user)[0].lines[0].value
    assert browser.post(PAGE, {"action": "remind", "line": line}).status_code == 403
    assert browser.post(PAGE, {"action": "assign", "line": line}).status_code == 403
    assert "Remind owners" not in browser.get(PAGE).text
    assert not Notification.objects.filter(kind="stuck").exists()


@pytest.mark.parametrize("action", ["assign", "next-action"])
def test_a_bulk_change_freezes_the_leads_of_the_selected_rows_only(late, sign_in, ada, ann, bob, action):
    mine = [late(owner=ann).pk, late(owner=ann).pk]
    late(owner=bob)
    line = next(line for group in get_stuck_groups(ada) for line in group.lines if group.owner == ann)
    answer = sign_in(ada).post(PAGE, {"action": action, "line": line.value})
    assert answer.status_code == 302
    assert FrozenSet.objects.get().ids == sorted(mine)
    assert action in answer["Location"]


@pytest.mark.parametrize("line", ["", "x", "1", "none-", "-1", "9" * 40 + "-1", "1-x", "²-1"])
def test_rows_that_do_not_exist_change_nothing(late, sign_in, ada, ann, line):
    late(owner=ann)
    answer = sign_in(ada).post(PAGE, {"action": "assign", "line": line}, follow=True)
    assert "Select at least one row." in answer.text
    assert not FrozenSet.objects.exists()


def test_an_unknown_action_is_refused(late, sign_in, ada, ann):
    late(owner=ann)
    line = get_stuck_groups(ada)[0].lines[0].value
    assert sign_in(ada).post(PAGE, {"action": "delete", "line": line}).status_code == 403


def test_the_number_of_queries_does_not_depend_on_the_number_of_leads(
    late, sign_in, ada, ann, bob, django_assert_max_num_queries
):
    browser = sign_in(ada)
    for owner in (ann, bob, None, ann, bob):
        late(owner=owner)
    with django_assert_max_num_queries(8):
        page = browser.get(PAGE)
    assert "5" in page.text


def test_the_page_says_when_nothing_is_stuck(sign_in, ada, limited):
    assert "No leads are stuck" in sign_in(ada).get(PAGE).text


@pytest.mark.parametrize(("day", "told"), [(6, 1), (7, 0), (11, 0)])
def test_owners_are_told_of_their_stuck_leads_on_the_first_working_day_of_a_week(day, told, late, bob, ben):
    late(owner=bob)
    late(owner=bob)
    late(owner=ben, next_action="Call", next_action_on=timezone.localdate() + timedelta(days=1))
    # 6 April 2026 is a Monday, 11 April a Saturday.
    send_summaries_of_the_day(datetime(2026, 4, day, 12, tzinfo=UTC))
    found = Notification.objects.filter(kind="stuck_this_week")
    assert [notice.user for notice in found] == [bob] * told
    if told:
        expected = "2 of your leads are stuck: over their time limit, and nothing is planned."
        assert get_notification_sentence(found.get()) == expected


def test_no_more_than_the_longest_stuck_leads_of_a_status_are_counted(
    monkeypatch, late, sign_in, ada, ann, bob
):
    late(owner=bob, days=30)
    late(owner=ann, days=20)
    late(owner=ann, days=10)
    late(owner=ann, status="contacted")
    monkeypatch.setattr("leads.stuck.stuck_leads.MOST", 2)
    assert [
        [(line.status.key, line.count_text) for line in group.lines] for group in get_stuck_groups(ada)
    ] == [
        [("new", "1+"), ("contacted", "1")],
        [("new", "1+")],
    ]
    page = sign_in(ada).get(PAGE).text
    assert "3+" in page
    assert "have been stuck the longest" in page


def test_the_longest_stuck_leads_are_those_of_all_departments_together(
    monkeypatch, late, ada, ann, dan, departments
):
    here, there = departments.sales, departments.export
    late(owner=ann, department=here, days=30)
    late(owner=dan, department=there, days=40)
    late(owner=dan, department=there, days=20)
    monkeypatch.setattr("leads.stuck.stuck_leads.MOST", 2)
    assert sorted((group.owner.name, group.count) for group in get_stuck_groups(ada)) == [
        (ann.name, 1),
        (dan.name, 1),
    ]


# At night, because PostgreSQL has chosen another plan after certain other tests.
@pytest.mark.nightly
def test_the_numbers_are_read_from_one_index_alone(late, ada, ann, dan):
    late(owner=ann)
    late(owner=dan, status="contacted")
    for user in (ada, ann):
        sql, parameters = _build_longest_stuck_sql(
            Lead.objects.present().visible_to(user),
            tuple((status.pk, status.most_days) for status in limited_statuses()),
            MOST,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            # Not with the statistics of other tests.
            cursor.execute("ANALYZE leads_lead")
            cursor.execute(f"EXPLAIN {sql}", insert_moments(parameters, get_moments(user)))
            scans = [line for (line,) in cursor.fetchall() if "on leads_lead" in line]
        assert len(scans) == len(limited_statuses())
        others = [line for line in scans if "Index Only Scan using lead_stay on leads_lead" not in line]
        assert others == []


def test_a_lead_with_a_planned_meeting_is_not_stuck_until_the_day_has_passed(late, sign_in, ada, ann):
    lead = late("Ana Pop", owner=ann)
    others = [late(owner=ann), late(owner=ann, status="contacted")]
    shown = "/admin/leads?over_limit=yes"
    with operation("test", by=ann):
        meeting = Activity.objects.create(
            of="lead",
            record=lead.pk,
            type="meeting",
            outcome="planned",
            at=timezone.now() + timedelta(days=3),
        )
    assert sum(group.count for group in get_stuck_groups(ada)) == 2
    assert get_stuck_ids(Lead.objects.all()) == {other.pk for other in others}
    assert lead.shown_name not in sign_in(ada).get(shown).text
    with operation("test", by=ann):
        Activity.objects.filter(pk=meeting.pk).update(at=timezone.now() - timedelta(days=2))
    assert sum(group.count for group in get_stuck_groups(ada)) == 3
    assert lead.pk in get_stuck_ids(Lead.objects.all())
    assert lead.shown_name in sign_in(ada).get(shown).text
