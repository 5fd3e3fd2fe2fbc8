"""Private conversations: only the owner of the mailbox sees their emails, wherever activities are read."""

import pytest
from django.http import QueryDict

from crm.models import AttachedFile, Notification, Operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.exports.activity_sheet import build_activity_rows
from crm.transfer.exports.selection import Selection
from crm.work.activities.search import find_newest_activities
from crm.work.models.activity import Activity
from leads.triggers.history_check import iterate_wrong_contacts
from mailboxes.models import Message
from mailboxes.receiving.personal_messages import change_privacy
from tests.api.conftest import make_token
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db
ANA = "Ana Albu <ana@omnia.example>"
# The word that is searched for, and another one of the same text.
FOUND, SECRET = "zebra", "crossing"


@pytest.fixture
def lead(make_lead, ann):
    return make_lead(email="ana@omnia.example", owner=ann)


@pytest.fixture
def arrive(imap, lead):
    def put(personal, **values) -> Activity:
        imap.deliver(
            personal.address, an_email(personal, **{"From": ANA, "text": f"{FOUND} {SECRET}"} | values)
        )
        assert read(personal).problem == ""
        return Activity.objects.latest("pk")

    return put


@pytest.fixture
def private(make_personal, arrive, ada):
    return arrive(make_personal(ada, private=True))


def test_a_switch_makes_all_conversations_private_at_first(private, lead, ada):
    assert private.private_to == ada
    lead.refresh_from_db()
    assert lead.last_contacted_at is None
    assert not Notification.objects.exists()
    assert not Operation.objects.exclude(kind="test").exclude(table="").exists()


def test_only_its_owner_sees_a_private_email_on_the_timeline(private, lead, sign_in, ada, ann):
    path = f"/admin/leads/{lead.pk}"
    page = sign_in(ada).get(path).text
    assert SECRET in page
    assert "only visible to you" in page
    assert SECRET not in sign_in(ann).get(path).text
    assert SECRET not in sign_in(ann).get(path, {"find": FOUND}).text


def test_the_page_of_a_private_email_is_not_found_by_others(private, lead, sign_in, ada, ann):
    path = f"/admin/leads/{lead.pk}/activities/{private.pk}"
    assert sign_in(ada).get(path).status_code == 200
    assert sign_in(ann).get(path).status_code == 404


def test_only_its_owner_finds_a_private_email(private, lead, sign_in, ada, ann):
    assert [note.activity for note in find_newest_activities(FOUND, ada, 5)] == [private]
    assert find_newest_activities(FOUND, ann, 5) == []
    assert SECRET in sign_in(ada).get("/admin/jump", {"q": FOUND}).text
    assert SECRET not in sign_in(ann).get("/admin/jump", {"q": FOUND}).text


def test_lists_and_changes_of_activities_leave_out_what_is_private_to_others(private, ada, ann):
    assert list(Activity.objects.visible_to(ada)) == [private]
    assert list(Activity.objects.changeable_by(ada)) == [private]
    for found in (
        Activity.objects.visible_to(ann),
        Activity.objects.listed_for(ann),
        Activity.objects.changeable_by(ann),
    ):
        assert not found.exists()


def test_an_export_has_only_the_emails_that_its_user_sees(private, ada, ann):
    found = {
        user: list(build_activity_rows(Selection(KINDS["lead"], QueryDict("all=1"), user)))
        for user in (ada, ann)
    }
    assert [len(found[ada]), len(found[ann])] == [1, 0]


def test_files_of_private_emails_are_not_offered_to_others(make_personal, imap, lead, ada, ann):
    personal = make_personal(ada, private=True)
    message = an_email(personal, From=ANA)
    message.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    imap.deliver(personal.address, message)
    read(personal)
    assert AttachedFile.objects.count() == 1
    assert AttachedFile.objects.of_record("lead", lead.pk, ada).exists()
    assert not AttachedFile.objects.of_record("lead", lead.pk, ann).exists()


def test_a_conversation_is_made_private_and_shared_again(make_personal, arrive, lead, sign_in, ada, ann):
    personal = make_personal(ada)
    first = arrive(personal, Message_ID="<first@omnia.example>")
    arrive(personal, References="<first@omnia.example>")
    other = arrive(personal)
    assert Notification.objects.filter(user=ann).count() == 3
    path = f"/profile/mailbox/emails/{Message.objects.earliest('pk').pk}/private"
    assert sign_in(ada).post(path).status_code == 302
    assert Activity.objects.filter(private_to=ada).count() == 2
    assert list(Activity.objects.visible_to(ann)) == [other]
    assert Notification.objects.filter(user=ann).count() == 1
    lead.refresh_from_db()
    assert lead.last_contacted_at == other.at
    third = arrive(personal, References="<first@omnia.example>")
    assert third.private_to == ada
    sign_in(ada).post(path, {"off": "1"})
    first.refresh_from_db()
    assert first.private_to is None
    assert Activity.objects.visible_to(ann).count() == 4


def test_no_one_else_changes_who_sees_a_conversation(private, sign_in, ann):
    path = f"/profile/mailbox/emails/{Message.objects.get().pk}/private"
    assert sign_in(ann).post(path, {"off": "1"}).status_code == 404
    private.refresh_from_db()
    assert private.private_to is not None


def test_a_private_email_does_not_keep_a_shared_mailbox_from_receiving_it(
    make_personal, arrive, deliver, lead, ada, ann
):
    arrive(make_personal(ada, private=True), Message_ID="<same@omnia.example>")
    deliver(From=ANA, Message_ID="<same@omnia.example>")
    assert Activity.objects.visible_to(ann).count() == 1
    assert Activity.objects.count() == 2


def test_the_times_of_contact_follow_when_an_email_becomes_private(make_personal, arrive, lead, ada):
    activity = arrive(make_personal(ada))
    lead.refresh_from_db()
    assert lead.last_contacted_at == activity.at
    change_privacy(Message.objects.get(), private=True, by=ada)
    lead.refresh_from_db()
    assert lead.last_contacted_at is None
    assert list(iterate_wrong_contacts()) == []


def test_programs_get_no_activity_that_is_private_to_another_user(private, lead, client, ada, ann):
    """API v2: the list, one activity, and the words of their texts."""
    for user, number in ((ada, 1), (ann, 0)):
        headers = {"Authorization": f"Bearer {make_token(user)}"}
        for query in ({}, {"q": FOUND}, {"of": "lead", "record": lead.pk}):
            answer = client.get("/api/v2/activities", query, headers=headers)
            assert answer.status_code == 200, answer.text
            assert answer.text.count(SECRET) == number
        one = client.get(f"/api/v2/activities/{private.pk}", headers=headers)
        assert one.status_code == (200 if number else 404)
