"""Whose tasks and meetings the list of tasks shows for each choice, which choices it offers, and who may change a line."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from accounts.models import Membership, User
from crm.models import Activity, Invitation, InvitationAnswer, Task
from crm.records.history.verb_execution import operation
from crm.work.tasks.listing import filters, task_list
from crm.work.tasks.listing.filters import TaskFilterForm, count_tasks_by_part
from crm.work.tasks.listing.task_list import TaskPage, get_changeable_tasks
from leads.models import Lead

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 26, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


def choose(viewer: User, query: str = "") -> TaskFilterForm:
    form = TaskFilterForm(QueryDict(query), viewer=viewer)
    form.is_valid()
    return form


@pytest.fixture
def own(ann, bob, dan, make_lead, departments) -> dict[str, Task]:
    """Tasks by their titles: of Bob, of Ann who is in his department, of Dan who isn't, and of no one."""
    lead = make_lead(owner=bob)
    given: dict[str, dict[str, Any]] = {
        "bob": {"user": bob},
        "bob’s call": {"user": bob, "type": "call", "priority": "high"},
        "bob’s done": {"user": bob, "done_at": AT},
        "ann": {"user": ann},
        "dan": {"user": dan},
        "no one": {},
    }
    with operation("test", by=None):
        return {
            title: Task.objects.create(of="lead", record=lead.pk, title=title, **values)
            for title, values in given.items()
        }


# What is chosen, with {dan} and {sales} as numbers, and the titles.
CHOICES = {
    "nothing": ("", {"bob", "bob’s call"}),
    "a colleague": ("user={ann}", {"ann"}),
    "a colleague of another department": ("user={dan}", {"dan"}),
    "one's departments": ("user=departments", {"bob", "bob’s call", "ann"}),
    "one department": ("user=department-{export}", {"dan"}),
    "everyone": ("user=all", {"bob", "bob’s call", "ann", "dan", "no one"}),
    "no one": ("user=none", {"no one"}),
    "a type": ("type=call", {"bob’s call"}),
    "a priority": ("priority=normal", {"bob"}),
    "a type and a priority that no task has": ("type=call&priority=low", set()),
    "completed": ("when=done", {"bob’s done"}),
    "a user that there isn't": ("user=999999", set()),
}


@pytest.mark.parametrize(("query", "titles"), CHOICES.values(), ids=CHOICES)
def test_whose_tasks_are_shown(query, titles, own, ada, ann, dan, departments, bob):
    # She sees everyone, and has his tasks here.
    with operation("test", by=None):
        Task.objects.filter(user=bob).update(user=ada)
    form = choose(ada, query.format(ann=ann.pk, dan=dan.pk, export=departments.export.pk))
    assert {task.title for task in form.get_first_tasks(10)} == titles
    assert set(form.tasks_queryset().values_list("title", flat=True)) == titles


def test_the_offered_people_are_those_that_the_viewer_sees_without_themselves(ada, bob, departments):
    values = [value for value, _label in choose(ada).fields["user"].choices]
    assert str(bob.pk) in values
    assert str(ada.pk) not in values
    assert f"department-{departments.export.pk}" in values
    own = [value for value, _label in choose(bob).fields["user"].choices]
    assert not any(value.startswith("department-") for value in own)
    with operation("test", by=None):
        Membership.objects.create(user=bob, department=departments.export, position=1)
    again = User.objects.with_rights().get(pk=bob.pk)
    two = [value for value, _label in choose(again).fields["user"].choices]
    assert {f"department-{one.pk}" for one in (departments.sales, departments.export)} <= set(two)


# What is chosen, and for whom free and busy times are shown.
PEOPLE = {
    "nothing": ("", {"ada"}),
    "a colleague": ("user={dan}", {"dan"}),
    "one department": ("user=department-{export}", {"carla", "dan"}),
    "no one": ("user=none", set()),
    "a user that there isn't": ("user=999999", set()),
}


@pytest.mark.parametrize(("query", "names"), PEOPLE.values(), ids=PEOPLE)
def test_whose_free_times_are_shown(query, names, ada, dan, departments):
    form = choose(ada, query.format(dan=dan.pk, export=departments.export.pk))
    people = User.objects.filter(pk__in=form.get_people_ids()).values_list("name", flat=True)
    assert {name.lower() for name in people} == names


def test_everyone_is_all_that_the_viewer_sees_and_those_who_have_left_are_in_no_department(
    ada, dan, departments
):
    everyone = set(choose(ada, "user=all").get_people_ids())
    assert {ada.pk, dan.pk} <= everyone
    with operation("test", by=None):
        User.objects.filter(pk=dan.pk).update(is_active=False)
    assert dan.pk not in choose(ada, f"user=department-{departments.export.pk}").get_people_ids()


@pytest.mark.parametrize(
    ("query", "asks"),
    [("", True), ("user=all", True), ("type=call", False), ("priority=low", False), ("type=x", False)],
)
def test_whether_a_choice_asks_for_everything(query, asks, ada):
    assert choose(ada, query).asks_for_everything is asks


@pytest.fixture
def meetings(ann, bob, make_lead) -> dict[str, Activity]:
    """Of Bob, of Bob who declined it himself, of Ann who invited Bob, of Ann whom Bob refused, of Ann alone, and Bob's of another hour."""
    lead = make_lead(owner=bob)
    given: dict[str, dict[str, Any]] = {
        "bob": {"created_by": bob},
        "bob’s, refused by himself": {"created_by": bob, "invited": bob.email},
        "invited": {"created_by": ann, "invited": bob.email},
        "refused": {"created_by": ann, "invited": bob.email},
        "refused by another": {"created_by": ann, "invited": f"{bob.email}, eva@example.com"},
        "ann": {"created_by": ann},
        "later": {"created_by": bob, "at": AT + HOUR},
        "a call": {"created_by": bob, "type": "call", "outcome": "reached"},
    }
    with operation("test", by=None):
        found = {
            name: Activity.objects.create(
                **{"of": "lead", "record": lead.pk, "type": "meeting", "outcome": "planned", "at": AT}
                | values
            )
            for name, values in given.items()
        }
    refused = {
        "bob’s, refused by himself": bob.email,
        "refused": bob.email,
        "refused by another": "eva@example.com",
    }
    for name, address in refused.items():
        values = {"answer": "declined", "sequence": 0, "stamp": AT}
        InvitationAnswer.objects.create(activity=found[name], address=address, **values)
    assert not Invitation.objects.exists()
    return found


# Whoever plans a meeting has it, even if they are invited and decline.
OF_BOB = {"bob", "bob’s, refused by himself"}
OF_ANN = {"invited", "refused", "refused by another", "ann"}
# What is chosen, and whose meetings of the hour are shown.
MEETINGS = {
    "nothing": ("", {*OF_BOB, "invited", "refused by another"}),
    "a colleague": ("user={ann}", OF_ANN),
    "everyone": ("user=all", {*OF_BOB, *OF_ANN}),
    "one's departments": ("user=departments", {*OF_BOB, *OF_ANN}),
    "no one": ("user=none", set()),
    "meetings": ("type=meeting", {*OF_BOB, "invited", "refused by another"}),
    "calls": ("type=call", set()),
    "a priority": ("priority=normal", set()),
    "a type that there isn't": ("type=x", set()),
}


@pytest.mark.parametrize(("query", "names"), MEETINGS.values(), ids=MEETINGS)
def test_whose_meetings_are_shown(query, names, meetings, ann, bob):
    found = choose(bob, query.format(ann=ann.pk)).get_meetings_between(AT, AT + HOUR, 20)
    by_number = {meeting.pk: name for name, meeting in meetings.items()}
    assert {by_number[meeting.pk] for meeting in found} == names


def test_only_ones_own_meetings_may_be_changed(meetings, bob):
    form = choose(bob)
    assert form.get_changeable_meetings([]) == set()
    both = [meetings["bob"], meetings["ann"]]
    assert form.get_changeable_meetings(both) == {meetings["bob"].pk}


def test_own_tasks_and_those_of_records_that_one_may_change_are_changeable(
    own, bob, dan, make_lead, make_task, departments
):
    elsewhere = make_lead(department=departments.export, owner=dan)
    foreign, given = make_task("Call", elsewhere, user=dan), make_task("Call", elsewhere, user=bob)
    assert get_changeable_tasks([own["ann"], foreign, given], bob) == {own["ann"].pk, given.pk}
    assert get_changeable_tasks([given], bob) == {given.pk}


def test_a_page_goes_on_behind_its_last_task(own, bob, monkeypatch):
    monkeypatch.setattr(task_list, "PAGE", 1)
    first = TaskPage(choose(bob), "")
    assert (first.first, [line.task.title for line in first.lines]) == (True, ["bob"])
    assert first.next == own["bob"].pk
    second = TaskPage(choose(bob), str(first.next))
    assert (second.first, second.next) == (False, None)
    assert [(line.task.title, line.may_change) for line in second.lines] == [("bob’s call", True)]
    for after in ("x", "999999"):
        assert TaskPage(choose(bob), after).first
    # Behind a task, a choice that there isn't shows nothing either.
    assert TaskPage(choose(bob, "user=999999"), str(own["bob"].pk)).lines == []
    # Behind a task that was completed meanwhile, the list begins again.
    done = TaskPage(choose(bob), str(own["bob’s done"].pk))
    assert [line.task.title for line in done.lines] == ["bob"]


@pytest.mark.parametrize(("most", "counts"), [(1, {}), (2, {"": 2, "no_date": 2})])
def test_one_task_more_than_are_counted_is_too_many(most, counts, own, bob, monkeypatch):
    monkeypatch.setattr(filters, "COUNTED", most)
    assert choose(bob).count_by_tab() == counts


@pytest.mark.parametrize(("more", "goes_on"), [(0, False), (1, True)])
def test_a_page_has_fifty_tasks(more, goes_on, bob, make_lead):
    lead = make_lead(owner=bob)
    with operation("test", by=None):
        Task.objects.bulk_create(
            Task(of="lead", record=lead.pk, title=f"{number}", user=bob) for number in range(50 + more)
        )
    page = TaskPage(choose(bob), "")
    assert (len(page.lines), page.next == page.lines[-1].task.pk) == (50, goes_on)


def test_more_tasks_than_are_counted_have_no_numbers():
    assert count_tasks_by_part([(None, None)] * 3, 3) == {"": 3, "no_date": 3}
    assert count_tasks_by_part([(None, None)] * 4, 3) == {}


# The choice, and the titles of the tasks that are due from the first day of the week to the last.
DUE = {
    "nothing": ("", ["bob"]),
    "everyone": ("user=all", ["bob", "ann"]),
    "a user that there isn't": ("user=999999", []),
}


@pytest.mark.parametrize(("query", "titles"), DUE.values(), ids=DUE)
def test_which_tasks_are_due_in_a_week(query, titles, own, bob):
    monday, sunday = date(2026, 11, 23), date(2026, 11, 29)
    days = {"bob": monday, "ann": sunday, "bob’s call": sunday + timedelta(1), "bob’s done": monday}
    with operation("test", by=None):
        for title, day in days.items():
            Task.objects.filter(pk=own[title].pk).update(due_on=day)
    found = choose(bob, query).get_tasks_due_between(monday, sunday, 10)
    assert [task.title for task in found] == titles


def test_a_page_behind_a_task_goes_on_too(own, bob, make_task, monkeypatch):
    monkeypatch.setattr(task_list, "PAGE", 1)
    first = own["bob"]
    make_task("third", Lead.objects.get(pk=first.record), user=bob)
    second = TaskPage(choose(bob), str(first.pk))
    assert ([line.task.title for line in second.lines], second.next) == (["bob’s call"], own["bob’s call"].pk)


def test_completed_tasks_stay_in_the_order_in_which_they_were_completed(own, bob):
    """The last one first, whenever they were due."""
    with operation("test", by=None):
        for title, hours, day in (("bob", 1, 24), ("bob’s done", 2, 25), ("bob’s call", 3, 23)):
            done = {"done_at": AT + HOUR * hours, "due_on": date(2026, 11, day)}
            Task.objects.filter(pk=own[title].pk).update(**done)
    ((_label, lines),) = TaskPage(choose(bob, "when=done"), "").iterate_groups()
    assert [line.task.title for line in lines] == ["bob’s call", "bob’s done", "bob"]


def test_each_choice_has_a_name_for_screen_readers(bob):
    fields = choose(bob).fields
    named = {
        name: str(fields[name].widget.attrs["aria-label"]) for name in ("user", "type", "priority", "sort")
    }
    assert named == {"user": "For", "type": "Type", "priority": "Priority", "sort": "Sort"}
