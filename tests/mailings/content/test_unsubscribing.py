"""The public pages of mailings: unsubscribing, the view in the browser, recorded clicks and opens."""

import pytest
from django.test import Client

from crm.records.history.verb_execution import operation
from leads.models import Lead, Newsletter, Unsubscribe
from mailings.content.email_content import build_mailing_email
from mailings.content.signed_tokens import CLICK, OPEN, UNSUBSCRIBE, VIEW, build_token
from mailings.models import Click, Delivery, ListUnsubscribe, MailingLink, Suppression
from mailings.suppression.rule_recipients import get_address_refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    """A browser without cookies, which other sites may send to forged pages."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def ana(make_lead, bob):
    return make_lead("Ana Pop", owner=bob, email="Ana@omnia.example")


@pytest.fixture
def sent(make_mailing, deliver_to, ana, make_list):
    return deliver_to(make_mailing(list=make_list()), ana, state="sent")


def page_of(delivery, purpose=UNSUBSCRIBE, more="/unsubscribe") -> str:
    return f"/m/{build_token(delivery, purpose)}{more}"


def state_of(lead) -> str:
    return Newsletter.objects.get(lead=lead).state


def test_one_click_leaves_the_list_without_a_sign_in(visitor, sent):
    answer = visitor.post(page_of(sent), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.cookies) == (200, {})
    assert ListUnsubscribe.objects.get().email_key == sent.email_key
    assert not Unsubscribe.objects.exists()
    sent.refresh_from_db()
    assert sent.unsubscribed_at


def test_one_click_leaves_all_mailings_if_there_is_no_list(visitor, make_mailing, deliver_to, ana):
    sent = deliver_to(make_mailing(), ana, state="sent")
    visitor.post(page_of(sent), {"List-Unsubscribe": "One-Click"})
    assert Unsubscribe.objects.get().email_key == ana.email_key
    assert state_of(ana) == "unsubscribed"


def test_opening_the_page_changes_nothing(visitor, sent):
    answer = visitor.get(page_of(sent))
    assert "Offers" in answer.text
    assert not ListUnsubscribe.objects.exists()


def test_waiting_emails_are_left_out_at_once(visitor, sent, make_mailing, make_list, deliver_to, ana):
    same = deliver_to(make_mailing(list=sent.mailing.list), ana)
    other = deliver_to(make_mailing(list=make_list("Events")), ana)
    visitor.post(page_of(sent), {"from": "list"})
    same.refresh_from_db()
    other.refresh_from_db()
    assert (same.state, same.reason, other.state) == ("left_out", "unsubscribed", "waiting")
    visitor.post(page_of(sent), {"from": "all", "reason": "Too\nmany\0"})
    other.refresh_from_db()
    sent.refresh_from_db()
    assert (other.state, sent.unsubscribe_reason) == ("left_out", "Too many")


def test_who_subscribes_again_gets_mailings_again(visitor, sent, ana):
    visitor.post(page_of(sent), {"from": "all"})
    assert state_of(ana) == "unsubscribed"
    assert "unsubscribed" in visitor.get(page_of(sent)).text
    answer = visitor.post(page_of(sent), {"back": "1"})
    assert "Ana@omnia.example can receive these emails again." in visitor.get(answer["Location"]).text
    assert not Unsubscribe.objects.exists()
    assert state_of(ana) == "receiving"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            "bounced",
            "because an earlier email couldn’t be delivered. Ask the sender to allow this address again.",
        ),
        ("complained", "because an earlier email was marked as spam."),
        ("added", "because the sender has blocked it."),
    ],
)
def test_who_subscribes_again_reads_why_the_address_still_gets_nothing(reason, words, visitor, sent):
    with operation("test", by=None):
        Suppression.objects.create(address=sent.address, email_key=sent.email_key, reason=reason)
    visitor.post(page_of(sent), {"from": "all"})
    assert words in visitor.get(page_of(sent)).text
    back = visitor.post(page_of(sent), {"back": "1"}, follow=True).text
    assert "You’re subscribed again, but this address is blocked" in back
    assert words in back
    assert "can receive these emails again" not in back


def test_who_unsubscribes_from_all_is_told_that_automatic_emails_end_too(
    visitor, sent, make_mailing, deliver_to, ana
):
    assert "All automatic emails, newsletters and offers" in visitor.get(page_of(sent)).text
    without_list = deliver_to(make_mailing(), ana, state="sent")
    page = visitor.get(page_of(without_list)).text
    assert "Ana@omnia.example no longer receives automatic emails, newsletters and offers." in page
    # Emails of automations and sequences ask for the same row.
    visitor.post(page_of(without_list), {"from": "all"})
    rows = Lead.objects.filter(pk=ana.pk)
    assert [one.code for one in get_address_refusals() if rows.filter(one.when).exists()] == [
        "email_unsubscribed"
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Which emails should your address no longer receive?"),
        ({"from": "all"}, "Your address no longer receives these emails."),
        ({"back": "1"}, "Your address can receive these emails again."),
    ],
)
def test_an_address_that_was_erased_is_not_named_but_meant(data, words, visitor, sent):
    Delivery.objects.filter(pk=sent.pk).update(address="", email_key="", digest="0" * 64)
    answer = visitor.post(page_of(sent), data, follow=True) if data else visitor.get(page_of(sent))
    assert words in answer.text


def test_an_unsubscribe_outlives_its_lead(visitor, sent, ana, make_lead):
    visitor.post(page_of(sent), {"from": "all"})
    with operation("test", by=None):
        ana.delete()
    again = make_lead("Ana Pop", email="ana@omnia.example")
    assert state_of(again) == "unsubscribed"


def test_a_forged_token_is_not_found(visitor, sent):
    assert visitor.get(page_of(sent, VIEW)).status_code == 404
    assert visitor.post(page_of(sent, VIEW), {"from": "all"}).status_code == 404
    assert visitor.get("/m/1.x/unsubscribe").status_code == 404
    assert not Unsubscribe.objects.exists()


def test_the_links_of_a_test_email_say_so(visitor, make_mailing, ana):
    token = build_token(Delivery(mailing=make_mailing(), of="lead", record=ana.pk), UNSUBSCRIBE)
    answer = visitor.post(f"/m/{token}/unsubscribe", {"from": "all"})
    assert "test email" in answer.text
    assert not Unsubscribe.objects.exists()


def test_the_view_in_the_browser_may_load_nothing(visitor, sent):
    answer = visitor.get(page_of(sent, VIEW, ""))
    assert "Hello Ana" in answer.text
    rules = answer["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "style-src 'sha256-" in rules
    assert "unsafe" not in rules
    assert answer["X-Robots-Tag"] == "noindex"


def test_a_click_is_recorded_and_leads_to_the_page(visitor, make_mailing, deliver_to, ana):
    sent = deliver_to(make_mailing("[Shop](https://shop.example/a)", tracks_clicks=True), ana, state="sent")
    build_mailing_email(sent)
    link = MailingLink.objects.get()
    path = page_of(sent, CLICK, f"/to/{link.pk}")
    answers = [visitor.get(path) for _time in range(2)]
    assert [answer["Location"] for answer in answers] == ["https://shop.example/a"] * 2
    assert Click.objects.get().link == link
    sent.refresh_from_db()
    assert sent.clicked_at


def test_a_click_leads_only_to_links_of_the_same_mailing(visitor, make_mailing, sent):
    other = MailingLink.objects.create(mailing=make_mailing(), url="https://evil.example")
    assert visitor.get(page_of(sent, CLICK, f"/to/{other.pk}")).status_code == 404


@pytest.mark.parametrize("records", [True, False])
def test_an_open_is_recorded_only_if_the_mailing_says_so(records, visitor, make_mailing, deliver_to, ana):
    sent = deliver_to(make_mailing(tracks_opens=records), ana, state="sent")
    answer = visitor.get(page_of(sent, OPEN, "/open.gif"))
    assert answer["Content-Type"] == "image/gif"
    sent.refresh_from_db()
    assert bool(sent.opened_at) is records
