"""Mentions in notes: who is notified, who isn't, and the names that are offered while typing."""

import pytest

from accounts.models import User
from crm.models import Activity, Notification
from crm.platform.web.notifications import build_notification_lines
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import AddActivity
from leads.models import Lead


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def add(browser, lead, text: str) -> str:
    answer = browser.post(f"/admin/leads/{lead.pk}/activities", {"type": "note", "text": text}, follow=True)
    return answer.content.decode()


def told(user) -> list[str]:
    return [line.words for line in build_notification_lines(list(Notification.objects.of_user(user)), user)]


def test_a_mentioned_colleague_is_notified(sign_in, bob, oscar, lead):
    add(sign_in(bob), lead, "Please call, @oscar. Thanks")
    assert told(oscar) == ["Bob mentioned you on Jan Novák."]
    assert Notification.objects.get().path == f"/admin/leads/{lead.pk}"


def test_no_one_who_does_not_see_the_lead_is_notified_and_the_author_is_told(sign_in, bob, ben, lead):
    text = add(sign_in(bob), lead, "@Ben, look")
    assert told(ben) == []
    assert "Not notified, because they can’t see this record: Ben." in text


def test_a_user_out_of_sight_of_the_author_is_not_even_named(sign_in, bob, dan, lead):
    text = add(sign_in(bob), lead, "@Dan, look")
    assert told(dan) == []
    assert "Not notified" not in text


def test_of_two_names_that_start_alike_the_longer_one_is_meant(sign_in, bob, ann, oscar, lead):
    User.objects.filter(pk=oscar.pk).update(name="Ann Marie")
    add(sign_in(bob), lead, "Ask @Ann Marie today")
    assert (len(told(oscar)), told(ann)) == (1, [])


def test_neither_an_email_address_nor_oneself_is_a_mention(sign_in, bob, oscar, lead):
    add(sign_in(bob), lead, "@Bob wrote to info@oscar.example and @Oscarsson")
    assert told(oscar) == told(bob) == []


def test_an_edit_notifies_only_those_who_were_not_mentioned_before(sign_in, bob, oscar, ann, lead):
    browser = sign_in(bob)
    add(browser, lead, "@Oscar, look")
    note = Activity.objects.get()
    sent = {"text": "@Oscar and @Ann, look", "version": note.version}
    browser.post(f"/admin/leads/{lead.pk}/activities/{note.pk}", sent)
    assert len(told(oscar)) == 1
    assert told(ann) == ["Bob mentioned you on Jan Novák."]


def test_a_note_on_many_leads_is_one_notification_about_those_that_the_user_sees(ada, bob, ben, make_lead):
    leads = [make_lead(owner=bob), make_lead(owner=bob), make_lead(owner=ben)]
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    carry_out(AddActivity(ada, "note", "@Bob: sent the catalog"), rows, by=ada)
    assert told(bob) == ["Ada mentioned you on 2 records."]


def test_the_names_of_colleagues_who_see_the_lead_are_offered(sign_in, bob, lead):
    browser = sign_in(bob)
    offered = browser.get(f"/admin/leads/{lead.pk}/mention?q=o").json()["names"]
    assert "Oscar" in offered
    assert not {"Bob", "Ben", "Dan"} & set(offered)
