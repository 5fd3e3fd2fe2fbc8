"""API v2: an email that a program sends is the one that the page sends, once, and the emails of a record are for those who may
read them."""

import pytest
from django.core import mail

from crm.models import Activity, Operation
from crm.records.history.verb_execution import operation
from crm.work.models.email_envelope import get_envelope
from leads.models import Unsubscribe
from tests.crm.work.activities.attaching import attach
from tests.crm.work.emails.emailing import WRITTEN, page_of, work

pytestmark = pytest.mark.django_db

SENT = {"subject": "Your offer", "text": "Dear **Jan**,\n\nhere it is."}


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, email="jan@example.cz", second_email="office@example.cz")


def path(lead) -> str:
    return f"/api/v2/leads/{lead.pk}/emails"


def saved(row) -> tuple:
    envelope = get_envelope(row)
    copies = envelope.to, envelope.cc, envelope.bcc, envelope.route
    return row.type, row.outcome, row.address, row.subject, row.text, row.created_by_id, row.record, *copies


@pytest.mark.parametrize(
    ("chosen", "sent"),
    [
        ({}, {}),
        ({"to": "second_email"}, {"to": "second_email"}),
        ({"to": "a@example.cz, b@example.cz", "cc": "c@example.cz", "bcc": "d@example.cz"},) * 2,
    ],
)
def test_an_email_is_written_like_one_of_the_page_and_sent_once(lead, bob, umbra, sign_in, chosen, sent):
    sign_in(bob).post(page_of(lead), WRITTEN | chosen)
    answer = umbra(bob).post(path(lead), SENT | sent, expect=201)
    by_hand, by_program = Activity.objects.order_by("pk")
    assert saved(by_program) == saved(by_hand)
    assert answer["id"] == by_program.pk
    assert Operation.objects.get(pk=answer["operation"]).channel == "api"
    assert mail.outbox == []
    work()
    work()
    one, other = mail.outbox
    assert (other.to, other.cc, other.body) == (one.to, one.cc, one.body)
    assert (other.from_email, other.reply_to) == (one.from_email, one.reply_to)
    assert umbra(bob).get(f"/api/v2/emails/{answer['id']}")["outcome"] == "sent"


def test_the_same_key_sends_one_email(lead, bob, umbra):
    program = umbra(bob)
    for _time in range(2):
        program.post(path(lead), SENT, expect=201, **{"Idempotency-Key": "once"})
    work()
    assert len(mail.outbox) == 1


def test_undoing_the_operation_at_once_stops_the_email(lead, bob, umbra):
    program = umbra(bob)
    answer = program.post(path(lead), SENT, expect=201)
    program.post(f"/api/v2/operations/{answer['operation']}/undo", {})
    work()
    assert mail.outbox == []
    assert program.get(path(lead))["emails"] == []


def test_files_of_the_record_go_along(lead, bob, umbra, sign_in):
    attach(sign_in(bob), lead)
    program = umbra(bob)
    (file,) = program.get(f"/api/v2/leads/{lead.pk}/files")["files"]
    answer = program.post(path(lead), {**SENT, "files": [file["id"]]}, expect=201)
    work()
    assert [name for name, *_rest in mail.outbox[0].attachments] or mail.outbox[0].attachments
    (sent,) = program.get(f"/api/v2/emails/{answer['id']}")["files"]
    assert (sent["name"], sent["activity"]) == ("offer.pdf", answer["id"])


def test_an_answer_goes_to_whom_the_email_is_from_with_its_subject(lead, bob, umbra):
    with operation("test", by=None):
        email = Activity.objects.create(
            of="lead",
            record=lead.pk,
            type="email",
            outcome="received",
            address="jan@example.cz",
            subject="Question",
            text="How much?",
            message_id="<1@example.cz>",
        )
    program = umbra(bob)
    (found,) = program.get(path(lead))["emails"]
    assert (found["received"], found["sender"], found["html"]) == (
        True,
        "jan@example.cz",
        "<p>How much?</p>\n",
    )
    answer = program.post(path(lead), {"text": "A lot.", "answers": email.pk}, expect=201)
    work()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["jan@example.cz"], "Re: Question")
    assert letter.message()["In-Reply-To"] == "<1@example.cz>"
    problem = program.post(path(lead), {"text": "x", "answers": answer["id"] + 1000}, expect=422)
    assert problem["errors"][0]["parameter"] == "answers"


def test_what_the_page_warns_of_is_refused_unless_the_program_knows_it(lead, bob, umbra, sign_in):
    with operation("test", by=None):
        Unsubscribe.objects.create(email_key="jan@example.cz")
    program = umbra(bob)
    problem = program.post(path(lead), SENT, expect=422)
    (error,) = problem["errors"]
    assert error["parameter"] == "despite_warnings"
    assert any(str(text) in error["detail"] for text in sign_in(bob).get(page_of(lead)).context["warnings"])
    assert not Activity.objects.exists()
    program.post(path(lead), {**SENT, "despite_warnings": True}, expect=201)


@pytest.mark.parametrize(
    ("sent", "parameter"),
    [
        ({"to": "nobody"}, "to"),
        ({"cc": "x y"}, "cc"),
        ({"text": " "}, "text"),
        ({"subject": ""}, "subject"),
        ({"sender": "made-up"}, "sender"),
        ({"files": [999_999]}, "files"),
        ({"mode": "made-up"}, "mode"),
        ({"html": "<b>x</b>"}, "html"),
    ],
)
def test_an_email_that_the_page_refuses_is_refused_at_its_field(lead, bob, umbra, sent, parameter):
    problem = umbra(bob).post(path(lead), SENT | sent, expect=422)
    assert problem["errors"][0]["parameter"] == parameter
    assert not Activity.objects.exists()


def test_only_its_author_reads_who_got_a_blind_copy(lead, ann, bob, umbra):
    answer = umbra(bob).post(path(lead), {**SENT, "bcc": "boss@example.cz"}, expect=201)
    assert umbra(bob).get(f"/api/v2/emails/{answer['id']}")["bcc"] == "boss@example.cz"
    assert umbra(ann).get(f"/api/v2/emails/{answer['id']}")["bcc"] == ""
    assert umbra(ann).get(path(lead))["emails"][0]["bcc"] == ""


def test_private_emails_and_those_out_of_reach_are_not_found(lead, ann, bob, carla, umbra):
    answer = umbra(bob).post(path(lead), SENT, expect=201)
    umbra(carla).get(path(lead), expect=404)
    umbra(carla).get(f"/api/v2/emails/{answer['id']}", expect=404)
    with operation("test", by=None):
        Activity.objects.update(private_to=bob)
    assert umbra(ann).get(path(lead))["emails"] == []
    umbra(ann).get(f"/api/v2/emails/{answer['id']}", expect=404)
    assert umbra(bob).get(path(lead))["emails"][0]["id"] == answer["id"]


def test_a_token_without_the_right_to_send_sends_nothing(lead, bob, umbra):
    umbra(bob, ["leads.get", "leads.put", "emails.get"]).post(path(lead), SENT, expect=403)
    assert not Activity.objects.exists()


def test_who_may_not_change_the_record_sends_nothing(bob, make_lead, umbra, departments, someone_with):
    shared = make_lead("Shared", email="a@b.cz", department=departments.export, shared=True)
    umbra(bob).post(path(shared), SENT, expect=403)
    some = someone_with("view_lead")
    umbra(some).post(path(make_lead("X", owner=some)), SENT, expect=403)


def test_the_emails_of_a_company_need_its_own_permissions(someone_with, make_company, umbra):
    some = someone_with("view_lead", "change_lead")
    address = f"/api/v2/companies/{make_company('Omnia', owner=some).pk}/emails"
    umbra(some).get(address, expect=403)
    umbra(some).post(address, SENT, expect=403)
