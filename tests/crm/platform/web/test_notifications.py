"""Notifications: one per cause, counted in the title and the navigation, read when opened; a GET never writes."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.jobs import delete_old_notifications
from crm.models import Notification, Operation
from crm.platform.web.notifications import create_notification, get_notification_sentence
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import Assign, ChangeDepartment
from tests.reading import close_up


def told(user, kind="job_finished", path="/profile", **parameters) -> Notification:
    create_notification(user, kind, what="The export", path=path, **parameters)
    return Notification.objects.of_user(user).newest_first().first()


@pytest.fixture
def thousand(make_lead):
    """A thousand unassigned leads."""
    first = make_lead("Ana One")
    fields = {"department": first.department, "status": first.status, "source": first.source}
    with operation("test", by=None):
        Lead.objects.bulk_create(Lead(last_name=f"Ana {number}", **fields) for number in range(999))
    return Lead.objects.all()


def assign(leads, owner, by) -> Operation:
    return carry_out(Assign(owner), leads.changeable_by(by), by=by).operation


# One notification per cause


def test_assigning_a_thousand_leads_sends_one_notification_with_the_number(ann, bob, ben, thousand):
    assign(thousand, bob, ann)
    (message,) = Notification.objects.all()
    assert message.user == bob
    assert get_notification_sentence(message) == "Ann assigned 1,000 leads to you."


def test_assigning_a_thousand_leads_on_the_screen_sends_one_notification(sign_in, ann, bob, thousand):
    browser = sign_in(ann)
    address = browser.post("/admin/leads/bulk?", {"action": "assign", "all": "1"})["Location"]
    browser.post(address, {"owner": bob.pk})
    assert Lead.objects.owned_by(bob).count() == 1000
    assert bob.notifications.count() == 1
    assert not ann.notifications.exists()


def test_the_notification_about_many_leads_opens_the_operation_of_a_colleague(sign_in, ann, bob, thousand):
    record = assign(thousand, bob, ann)
    browser = sign_in(bob)
    answer = browser.post(f"/notifications/{bob.notifications.get().pk}/open")
    assert answer["Location"] == f"/admin/operations/{record.pk}"
    page = browser.get(answer["Location"]).text
    assert "Ana One" in page
    assert "Undo</a>" not in page


def test_users_without_the_notification_do_not_see_the_operation(sign_in, ann, bob, ben, make_lead):
    make_lead("Ana One"), make_lead("Ana Two")
    record = assign(Lead.objects.all(), bob, ann)
    assert sign_in(ben).get(f"/admin/operations/{record.pk}").status_code == 404
    assert f"/admin/operations/{record.pk}" not in sign_in(bob).get("/admin/operations").text


def test_an_operation_shows_only_the_number_of_leads_reassigned_since(sign_in, ann, bob, ben, make_lead):
    leads = [make_lead("Ana One"), make_lead("Ana Two"), make_lead("Ana Three")]
    record = assign(Lead.objects.all(), bob, ann)
    assign(Lead.objects.filter(pk=leads[2].pk), ben, ann)
    page = sign_in(bob).get(f"/admin/operations/{record.pk}").text
    assert "Ana Two" in page
    assert "Ana Three" not in page


def test_the_notification_about_one_lead_opens_the_lead(sign_in, ann, bob, make_lead):
    lead = make_lead()
    assign(Lead.objects.all(), bob, ann)
    answer = sign_in(bob).post(f"/notifications/{bob.notifications.get().pk}/open")
    assert answer["Location"] == f"/admin/leads/{lead.pk}"


def test_assigning_to_yourself_sends_no_notification(ann, make_lead):
    make_lead()
    assign(Lead.objects.all(), ann, ann)
    assert not Notification.objects.exists()


# On every page


def test_title_and_navigation_show_the_number_of_unread(sign_in, bob):
    told(bob), told(bob)
    page = close_up(sign_in(bob).get("/admin/leads?all=1").text)
    assert "<title>(2) Leads – Leadwell</title>" in page
    assert 'data-unread>2<span class="visually-hidden"> unread</span>' in page


def test_without_unread_notifications_there_is_no_number(sign_in, bob):
    Notification.objects.filter(pk=told(bob).pk).mark_read()
    page = sign_in(bob).get("/admin/leads?all=1").text
    assert "<title>Leads – Leadwell</title>" in page
    assert "data-unread" not in page


def test_counting_takes_one_query_whatever_the_number(sign_in, bob):
    browser = sign_in(bob)
    for _time in range(30):
        told(bob)
    with CaptureQueriesContext(connection) as asked:
        browser.get("/profile")
    assert len([query for query in asked if "crm_notification" in query["sql"]]) == 1


# The list


def test_a_record_that_its_reader_sees_no_longer_is_not_named(sign_in, ann, ada, bob, make_lead, departments):
    make_lead("Jan Novák")
    assign(Lead.objects.all(), bob, ann)
    assert "Jan Novák" in sign_in(bob).get("/notifications").text
    carry_out(ChangeDepartment(departments.export), Lead.objects.all(), by=ada)
    assert "Jan Novák" not in sign_in(bob).get("/notifications").text


def test_newest_come_first_and_unread_ones_are_marked(sign_in, bob):
    create_notification(bob, "job_finished", what="The old one", path="/profile")
    Notification.objects.mark_read()
    create_notification(bob, "job_failed", what="The new one", problem="Too large.", path="/profile")
    page = sign_in(bob).get("/notifications").text
    assert page.index("Failed: The new one. Too large.") < page.index("Finished: The old one.")
    assert page.count('class="job" data-unread') == 1
    assert '<a class="link" href="/profile">Finished: The old one' in page


def test_without_notifications_the_page_says_so(sign_in, bob):
    page = sign_in(bob).get("/notifications").text
    assert "No notifications yet" in page
    assert "Mark all as read" not in page


def test_viewing_the_list_marks_nothing_as_read(sign_in, bob):
    message = told(bob)
    browser = sign_in(bob)
    browser.get("/notifications")
    assert browser.get(f"/notifications/{message.pk}/open").status_code == 405
    assert browser.get(f"/notifications/{message.pk}/read-up-to").status_code == 405
    assert bob.notifications.unread().count() == 1


def test_opening_a_notification_marks_it_as_read_once(sign_in, bob):
    message, other = told(bob), told(bob)
    browser = sign_in(bob)
    assert browser.post(f"/notifications/{message.pk}/open")["Location"] == "/profile"
    message.refresh_from_db()
    when = message.read_at
    assert when <= timezone.now()
    browser.post(f"/notifications/{message.pk}/open")
    message.refresh_from_db()
    assert message.read_at == when
    assert list(bob.notifications.unread()) == [other]


def test_a_notification_without_a_target_returns_to_the_list(sign_in, bob):
    assert sign_in(bob).post(f"/notifications/{told(bob, path='').pk}/open")["Location"] == "/notifications"


def test_marking_all_as_read_leaves_notifications_that_arrived_later(sign_in, bob):
    shown = told(bob), told(bob)
    browser = sign_in(bob)
    assert f'action="/notifications/{shown[1].pk}/read-up-to"' in browser.get("/notifications").text
    late = told(bob)
    browser.post(f"/notifications/{shown[1].pk}/read-up-to")
    assert list(bob.notifications.unread()) == [late]


def test_other_users_notifications_are_neither_shown_nor_marked(sign_in, bob, ben):
    theirs, mine = told(ben, "job_failed", problem="Secret."), told(bob)
    browser = sign_in(bob)
    assert "Secret." not in browser.get("/notifications").text
    for act in ("open", "read-up-to"):
        missing = browser.post(f"/notifications/999999999/{act}")
        answer = browser.post(f"/notifications/{theirs.pk}/{act}")
        assert answer.status_code == missing.status_code == 404
        same = [re.sub(r'Token": "\w+"|value="\w{64}"', "", page.text) for page in (answer, missing)]
        assert same[0] == same[1]
    browser.post(f"/notifications/{mine.pk}/read-up-to")
    assert ben.notifications.unread().count() == 1


def test_the_list_has_pages_and_an_invalid_position_is_the_first_one(sign_in, bob):
    for number in range(60):
        create_notification(bob, "job_finished", what=f"Number {number}", path="")
    browser = sign_in(bob)
    first = browser.get("/notifications")
    assert [first.context["lines"][place].words for place in (0, -1)] == [
        "Finished: Number 59.",
        "Finished: Number 10.",
    ]
    second = browser.get(f"/notifications?before={first.context['next']}")
    assert len(second.context["lines"]) == 10
    assert "Mark these and older ones as read" in second.text
    for senseless in ("x", "-1", "9" * 30, "٣", ""):
        assert browser.get("/notifications", {"before": senseless}).status_code == 200


def test_every_kind_has_a_sentence_in_the_readers_language(ann, bob, make_lead):
    make_lead("Ana One"), make_lead("Ana Two")
    assign(Lead.objects.all(), bob, ann)
    message = bob.notifications.get()
    with translation.override("de"):
        assert "2" in get_notification_sentence(message)
    values = {"what": "X", "problem": "Y.", "file": "a.xlsx", "added": 1200, "changed": 3, "from": "Ben"}
    for kind in ("assigned", "handed_over", "imported", "import_failed", "job_finished", "job_failed"):
        words = get_notification_sentence(
            Notification(kind=kind, parameters={"by": "Ann", "count": 2, **values})
        )
        assert words != kind
        assert "%(" not in words
    assert "1,200 added" in get_notification_sentence(Notification(kind="imported", parameters=values))
    assert (
        get_notification_sentence(Notification(kind="assigned", parameters={"count": 1}))
        == "The system assigned a record to you."
    )


def test_notifications_read_long_ago_are_deleted_and_unread_ones_never(bob):
    old, fresh, unread = told(bob), told(bob), told(bob)
    Notification.objects.filter(pk=old.pk).update(read_at=timezone.now() - timedelta(days=91))
    Notification.objects.filter(pk=fresh.pk).update(read_at=timezone.now() - timedelta(days=89))
    Notification.objects.filter(pk=unread.pk).update(at=timezone.now() - timedelta(days=400))
    assert delete_old_notifications() == 1
    assert set(Notification.objects.values_list("pk", flat=True)) == {fresh.pk, unread.pk}
