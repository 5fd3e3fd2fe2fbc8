"""Mailboxes that sign in by OAuth 2: connecting them, renewing their tokens, and losing access."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.second_factor.secret_encryption import decrypt_secret, encrypt_secret
from crm.models import AuditEntry, Notification
from customers.models import Request
from mailboxes import problem_emails
from mailboxes.connections import oauth
from mailboxes.connections.smtp import try_sign_in
from mailboxes.models import Mailbox, OAuthClient
from tests.conftest import PASSWORD
from tests.mailboxes.conftest import NUMBERS, an_email, read
from tests.mailboxes.connections.oauth_server import CLIENT, CLIENT_SECRET, an_oauth_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(imap, smtp, monkeypatch):
    """The mock provider in Google's place, and Dovecot, which accepts its tokens."""
    with an_oauth_server(imap.oauth_port) as server:
        google = replace(
            oauth.PROVIDERS["google"],
            authorize=f"{server.address}/authorize",
            token=f"{server.address}/token",
            servers={
                "imap_host": "127.0.0.1",
                "imap_port": imap.port,
                "smtp_host": "127.0.0.1",
                "smtp_port": smtp.port,
                "smtp_encryption": "tls",
            },
        )
        monkeypatch.setitem(oauth.PROVIDERS, "google", google)
        yield server


@pytest.fixture
def registered(db):
    return OAuthClient.objects.create(
        provider="google", client_id=CLIENT, secret=encrypt_secret(CLIENT_SECRET)
    )


@pytest.fixture
def mailbox(provider, registered, departments):
    google = oauth.PROVIDERS["google"].servers
    return Mailbox.objects.create(
        name="Sales mail",
        address=f"oauth{next(NUMBERS)}@ours.example",
        department=departments.sales,
        sign_in="google",
        **google,
    )


@pytest.fixture
def browser(client, ada):
    client.force_login(ada)
    client.post("/confirm", {"password": PASSWORD, "next": "/admin/mailboxes"})
    return client


@pytest.fixture
def connected(browser, provider, mailbox):
    connect(browser, provider, mailbox)
    mailbox.refresh_from_db()
    return mailbox


def connect(browser, provider, mailbox, account: str = ""):
    """The page after the user has given the permission."""
    answer = browser.get(f"{mailbox.get_absolute_url()}/connect")
    return browser.get(provider.back_from(answer["Location"], account or mailbox.address), follow=True)


def test_an_administrator_connects_a_mailbox_and_its_emails_are_read(connected, imap):
    assert (connected.problem, connected.is_connected) == ("", True)
    imap.deliver(connected.address, an_email(connected))
    assert read(connected).problem == ""
    assert Request.objects.count() == 1


def test_tokens_are_encrypted_and_appear_on_no_page_and_in_no_log(browser, connected, provider):
    (token,) = provider.accounts
    assert token not in connected.access_token
    assert decrypt_secret(connected.access_token) == token
    page = browser.get(f"/admin/mailboxes/{connected.pk}").text
    form = browser.get(f"/admin/mailboxes/{connected.pk}/edit").text
    entries = " ".join(str(vars(entry)) for entry in AuditEntry.objects.all())
    for secret in (token, *provider.refreshing, CLIENT_SECRET, connected.access_token):
        assert secret not in page + form + entries
    assert "mailbox_connected" in entries


def test_an_access_token_is_renewed_before_it_ends(connected, provider):
    Mailbox.objects.update(token_until=timezone.now() + timedelta(minutes=1))
    assert read(connected).problem == ""
    assert provider.asked[-1]["grant_type"] == "refresh_token"
    assert len(provider.accounts) == 2
    read(connected)
    assert len(provider.accounts) == 2


def test_an_access_token_that_ended_early_is_renewed(connected, provider):
    provider.accounts.clear()
    assert read(connected).problem == ""


def test_a_revoked_permission_notifies_administrators_once(connected, provider, ada):
    provider.accounts.clear()
    provider.refreshing.clear()
    before = connected.last_success_at
    for _turn in range(3):
        read(connected)
    assert (connected.problem, connected.last_success_at) == ("expired", before)
    (notice,) = Notification.objects.all()
    assert (notice.user, notice.kind) == (ada, "mailbox_ended")


@pytest.fixture
def personal(provider, registered, mailbox, client, bob):
    """The mailbox that bob has connected. The servers of the provider are on this machine, as those of the shared one are."""
    servers = oauth.PROVIDERS["google"].servers
    address = f"bob{next(NUMBERS)}@ours.example"
    own = Mailbox.objects.create(name=address, address=address, owner=bob, sign_in="google", **servers)
    client.force_login(bob)
    client.post("/confirm", {"password": PASSWORD, "next": "/profile"})
    connect(client, provider, own)
    own.refresh_from_db()
    assert (own.problem, own.is_connected) == ("", True)
    return own


def end_access(provider, how: str) -> None:
    """The user revokes the permission, or the tokens expire."""
    provider.refreshing.clear()
    if how == "revoked":
        provider.accounts.clear()
    else:
        Mailbox.objects.update(token_until=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_an_ended_permission_is_reported_to_its_owner_and_an_administrator_once(
    personal, provider, bob, ada, post_office, monkeypatch, how
):
    end_access(provider, how)
    queued: list[dict] = []
    monkeypatch.setattr(problem_emails.mail_lost_access, "defer", lambda **values: queued.append(values))
    for _turn in range(3):
        assert read(personal).problem == "expired"
    found = Notification.objects.order_by("kind").values_list("user", "kind", "path")
    assert list(found) == [
        (bob.pk, "mailbox_ended", "/profile/mailbox"),
        (ada.pk, "personal_mailbox_ended", f"/admin/users/{bob.pk}"),
    ]
    assert queued == [{"mailbox_id": personal.pk, "user_id": user.pk} for user in (bob, ada)]
    for values in queued:
        problem_emails.mail_lost_access(**values)
    own, others = post_office
    assert (own["To"], others["To"]) == ("bob@example.com", "ada@example.com")
    own, others = (letter.get_payload(decode=True).decode() for letter in (own, others))
    assert f"Leadwell can no longer read {personal.address}" in own
    assert "has expired or was revoked" in own
    assert "/profile/mailbox" in own
    assert "The mailbox of Bob has lost its access." in others
    assert personal.address not in others


def test_no_email_is_sent_about_a_mailbox_that_works_again(client, personal, provider, bob, post_office):
    end_access(provider, "revoked")
    read(personal)
    connect(client, provider, personal)
    problem_emails.mail_lost_access(personal.pk, bob.pk)
    assert post_office == []


def test_a_permission_that_ends_a_second_time_is_reported_again(client, personal, provider, bob):
    for times in (1, 2):
        end_access(provider, "revoked")
        read(personal)
        assert Notification.objects.filter(user=bob).count() == times
        connect(client, provider, personal)


def test_a_revoked_mailbox_can_be_connected_again(browser, connected, provider):
    provider.accounts.clear()
    provider.refreshing.clear()
    read(connected)
    connect(browser, provider, connected)
    connected.refresh_from_db()
    assert (connected.problem, connected.notified) == ("", False)


def test_emails_are_sent_with_the_token(connected, provider, smtp):
    (token,) = provider.accounts
    smtp.tokens = {token}
    try_sign_in(connected)
    assert smtp.signed_in == [(connected.address, token)]


def test_a_rejected_token_is_a_failed_sign_in(connected, smtp):
    with pytest.raises(Exception, match="smtp_login"):
        try_sign_in(connected)


def test_another_account_than_that_of_the_mailbox_is_not_accepted(browser, provider, mailbox):
    page = connect(browser, provider, mailbox, account="other@ours.example")
    assert "The IMAP server doesn’t accept the sign-in" in page.text
    mailbox.refresh_from_db()
    assert mailbox.last_success_at is None


def test_an_answer_of_another_browser_is_not_accepted(browser, provider, mailbox):
    address = browser.get(f"/admin/mailboxes/{mailbox.pk}/connect")["Location"]
    back = provider.back_from(address, mailbox.address)
    wrong = back.replace(parse_qs(urlsplit(back).query)["state"][0], "guess")
    assert "wasn’t started in this browser" in browser.get(wrong, follow=True).text
    assert provider.asked == []


def test_an_answer_is_accepted_once(browser, provider, mailbox):
    address = browser.get(f"/admin/mailboxes/{mailbox.pk}/connect")["Location"]
    back = provider.back_from(address, mailbox.address)
    browser.get(back)
    assert "wasn’t started in this browser" in browser.get(back, follow=True).text
    assert len(provider.asked) == 1


def test_a_refusal_at_the_provider_is_shown(browser, provider, mailbox):
    address = browser.get(f"/admin/mailboxes/{mailbox.pk}/connect")["Location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    page = browser.get("/admin/mailboxes/back", {"error": "access_denied", "state": state}, follow=True)
    assert "access_denied" in page.text


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"no JSON"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"access_token": 5, "refresh_token": "x"}'),
        (500, b"broken"),
        (200, b"x" * 300_000),
    ],
)
def test_a_provider_that_answers_garbage_ends_with_a_sentence(browser, provider, mailbox, answer):
    provider.answer = answer
    page = connect(browser, provider, mailbox)
    assert page.status_code == 200
    assert "The provider didn’t give access" in page.text
    mailbox.refresh_from_db()
    assert mailbox.access_token == ""


def test_a_wrong_client_secret_is_not_an_ended_permission(connected, provider, registered):
    registered.secret = encrypt_secret("wrong")
    registered.save()
    Mailbox.objects.update(token_until=timezone.now())
    assert read(connected).problem == "oauth invalid_client"


def test_without_a_client_a_mailbox_cannot_be_connected(browser, mailbox, registered):
    registered.delete()
    page = browser.get(f"/admin/mailboxes/{mailbox.pk}/connect", follow=True)
    assert "Enter the OAuth client of this provider first." in page.text


def test_a_token_is_only_sent_to_the_servers_of_its_provider(browser, connected, departments, imap):
    values = {"name": "Sales mail", "address": connected.address, "department": departments.sales.pk}
    values |= {
        "sign_in": "google",
        "imap_host": "thief.example",
        "imap_port": "1",
        "smtp_host": "thief.example",
    }
    values |= {"smtp_port": "1", "smtp_encryption": "tls", "active": "on"}
    assert browser.post(f"/admin/mailboxes/{connected.pk}/edit", values).status_code == 302
    connected.refresh_from_db()
    assert (connected.imap_host, connected.imap_port) == ("127.0.0.1", imap.port)
