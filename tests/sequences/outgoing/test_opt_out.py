"""Unsubscribing by the link in an email of a sequence: one click, the page, and what it ends."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from crm.models import Activity, Operation
from crm.records.history.undo.undo_permission import get_undo_obstacle
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from leads.models import Lead, Newsletter, Unsubscribe
from mailings.models import ForgottenAddress, Suppression
from mailings.suppression.address_digests import build_digest
from sequences.models import Enrollment
from sequences.outgoing.opt_out_link import SIGNER, build_token
from tests.crm.work.emails.emailing import work as send_all
from tests.sequences.sequencing import build_step, make_sequence, receive, start, work

pytestmark = pytest.mark.django_db

KEY = "jan@example.cz"


@pytest.fixture
def jan(make_lead, bob):
    return make_lead("Jan Novák", email="Jan@Example.cz", owner=bob)


@pytest.fixture
def email(jan, bob, template, always):
    """The email of a sequence, which has a call after it; it waits to be sent."""
    steps = build_step("email", "one", template=template.pk), build_step("call", after=2, title="Call")
    start(make_sequence("Follow-up", *steps), bob, jan)
    work()
    return Activity.objects.with_author().get(type="email")


@pytest.fixture
def visitor():
    """A browser without cookies, which other sites may send to forged pages."""
    return Client(enforce_csrf_checks=True)


def page_of(email: Activity) -> str:
    return f"/u/{build_token(email)}"


def send():
    """What arrives at the mail server."""
    send_all()
    return mail.outbox[-1]


def test_the_email_has_a_link_and_the_headers_for_one_click_and_the_timeline_has_neither(
    email, sign_in, bob, jan, visitor
):
    letter = send()
    (url,) = re.findall(r"<(http[^>]+)>", letter.extra_headers["List-Unsubscribe"])
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.body.startswith("Dear Jan. – Bob")
    assert letter.body.endswith(f"Don’t want emails like this one? Unsubscribe: {url}\n")
    assert f'<a href="{url}">Unsubscribe</a>' in letter.alternatives[0][0]
    path = "/u/" + url.rpartition("/u/")[2]
    assert visitor.get(path).status_code == 200
    email.refresh_from_db()
    assert email.text == "Dear Jan. – Bob"
    assert build_token(email) not in sign_in(bob).get(f"/admin/leads/{jan.pk}").text


def test_an_email_that_a_person_writes_has_no_link(jan, bob, sign_in):
    values = {"to": "email", "subject": "Your question", "text": "Here it is.", "draft": "1" * 64}
    sign_in(bob).post(f"/admin/leads/{jan.pk}/email", values)
    send_all()
    (letter,) = mail.outbox
    assert "List-Unsubscribe" not in letter.extra_headers


def test_one_click_unsubscribes_without_a_sign_in(visitor, email, jan):
    answer = visitor.post(page_of(email), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.content, answer.cookies) == (200, b"", {})
    assert Unsubscribe.objects.get().email_key == KEY
    assert Newsletter.objects.get(lead=jan).state == "unsubscribed"


def test_opening_the_page_changes_nothing(visitor, email):
    answer = visitor.get(page_of(email))
    assert "Jan@Example.cz" in answer.text
    assert not Unsubscribe.objects.exists()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_unsubscribes_and_subscribes_again(visitor, email):
    done = visitor.post(page_of(email), follow=True).text
    assert "Jan@Example.cz no longer receives these emails." in done
    assert Unsubscribe.objects.get().email_key == KEY
    back = visitor.post(page_of(email), {"back": "1"}, follow=True).text
    assert "You’re subscribed again" in back
    assert not Unsubscribe.objects.exists()


def test_who_subscribes_again_with_a_suppressed_address_reads_that_it_gets_nothing_and_so_do_users(
    visitor, email, jan, sign_in, ada, bob
):
    with operation("test", by=None):
        Suppression.objects.create(address="Jan@Example.cz", email_key=KEY, reason="bounced")
    visitor.post(page_of(email))
    back = visitor.post(page_of(email), {"back": "1"}, follow=True).text
    assert "You’re subscribed again, but this address is blocked" in back
    assert "because an earlier email couldn’t be delivered." in back
    assert "can receive these emails again" not in back
    done = Operation.objects.filter(kind="opt_out").latest("pk")
    words = "Subscribed again by a link in an email, but the address is suppressed and gets no mailings"
    assert words in sign_in(ada).get(f"/admin/operations/{done.pk}").text
    words = "An earlier email to this address couldn’t be delivered, so it gets no mailings."
    assert words in sign_in(bob).get(f"/admin/leads/{jan.pk}/email").text


def test_it_is_a_change_of_the_record_that_no_user_undoes_and_twice_is_once(visitor, email, jan, ada):
    for _time in range(2):
        visitor.post(page_of(email))
    done = Operation.objects.get(kind="opt_out")
    assert (done.table, done.by, done.channel, done.changed) == ("lead", None, "system", 1)
    assert "Only the recipient" in str(get_undo_obstacle(done, ada))


def test_an_email_that_waits_is_not_sent_after_it(visitor, email):
    visitor.post(page_of(email))
    send_all()
    email.refresh_from_db()
    assert (mail.outbox, email.outcome, email.problem) == ([], "failed", "unsubscribed")


def test_after_the_record_is_deleted_permanently_the_link_still_works_and_tells_no_address(
    visitor, email, jan, ada
):
    page = page_of(email)
    for verb in (Delete(), Purge()):
        carry_out(verb, Lead._base_manager.filter(pk=jan.pk), by=ada)
    assert not Activity.objects.filter(pk=email.pk).exists()
    assert "Jan@Example.cz" not in visitor.get(page).text
    answer = visitor.post(page, follow=True).text
    assert "Your address no longer receives these emails." in answer
    assert ForgottenAddress.objects.get().digest == build_digest(KEY)
    visitor.post(page, {"back": "1"})
    assert not ForgottenAddress.objects.exists()


# Tokens that aren't ours.
FORGED = {
    "another signature": lambda token: token[:-3] + "abc",
    "another email": lambda token: re.sub(r"^\d+", "1", token) + "x",
    "no signature": lambda token: token.partition(".")[0],
    "signed for something else": lambda token: SIGNER.sign("test"),
    "empty digest": lambda token: SIGNER.sign("12-"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_token_that_is_not_ours_is_not_found_and_changes_nothing(visitor, email, forge):
    answer = visitor.post(f"/u/{forge(build_token(email))}")
    assert answer.status_code == 404
    assert not Unsubscribe.objects.exists()


def test_a_token_of_a_mailing_opens_no_page_of_a_sequence_and_the_other_way_round(visitor, email):
    token = build_token(email)
    assert visitor.get(f"/m/{token}/unsubscribe").status_code == 404


def in_an_operation(write):
    def happen(lead: Lead) -> None:
        with operation("test", by=None):
            write(lead)

    return happen


# What happens after the email was written, and its problem.
HAPPENED = {
    "nothing": (lambda lead: None, ""),
    "they replied": (lambda lead: receive(lead), "replied"),
    "they replied to a personal mailbox whose emails are private": (
        lambda lead: receive(lead, private_to=User.objects.get(pk=lead.owner_id)),
        "replied",
    ),
    "an automatic reply came": (lambda lead: receive(lead, outcome="automatic"), ""),
    "they unsubscribed": (
        in_an_operation(lambda lead: Unsubscribe.objects.create(email_key=KEY)),
        "unsubscribed",
    ),
    "the address was suppressed": (
        in_an_operation(lambda lead: Suppression.objects.create(address=KEY, email_key=KEY)),
        "suppressed",
    ),
    "a meeting was arranged": (
        in_an_operation(
            lambda lead: Activity.objects.create(of="lead", record=lead.pk, type="meeting", outcome="planned")
        ),
        "stopped",
    ),
    "a user stopped it": (
        in_an_operation(lambda lead: Enrollment.objects.update(state="stopped", stop_reason="by_hand")),
        "stopped",
    ),
    "the worker stopped it because they replied": (
        in_an_operation(lambda lead: Enrollment.objects.update(state="stopped", stop_reason="replied")),
        "replied",
    ),
    "it was the last step": (in_an_operation(lambda lead: Enrollment.objects.update(state="finished")), ""),
}


@pytest.mark.parametrize(("happen", "problem"), HAPPENED.values(), ids=HAPPENED.keys())
def test_an_email_that_waits_is_judged_right_before_it_is_sent(email, jan, happen, problem):
    happen(jan)
    send_all()
    email.refresh_from_db()
    assert (len(mail.outbox), email.problem) == (0 if problem else 1, problem)
