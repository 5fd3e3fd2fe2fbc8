"""Forgotten passwords: the emailed link, what it does, and when it expires."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.authentication import password_links
from accounts.jobs import mail_link
from accounts.models import User
from tests.conftest import PASSWORD, make_user
from tests.crossing import crossed
from tests.post_office import post_office  # noqa: F401 - a fixture

NEW = "a brand new password 7"


def ask(client, email):
    return client.post("/password/forgotten", {"email": email})


def queued() -> list[dict]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return [job.args for job in ProcrastinateJob.objects.filter(task_name="mail_link").order_by("id")]


def mails() -> list:
    """Let the worker send the queued emails."""
    for arguments in queued():
        mail_link(**arguments)
    return mail.outbox


def path_of(link: str) -> str:
    assert link.startswith("http://127.0.0.1:8000/")
    return link.removeprefix("http://127.0.0.1:8000")


def follow(client, user):
    """Open the link; it redirects to a URL without the secret."""
    answer = client.get(path_of(password_links.build_password_link(user)))
    return answer["Location"] if answer.status_code == 302 else answer


def set_password(client, where, password=NEW, again=None):
    return client.post(where, {"new_password1": password, "new_password2": again or password})


def test_an_emailed_link_sets_the_password(client, bob):
    assert ask(client, "Bob@Example.com")["Location"] == "/password/sent"
    assert client.get("/password/sent").status_code == 200
    (letter,) = mails()
    assert letter.to == ["bob@example.com"]
    assert letter.subject == "Set a new Leadwell password"
    link = re.search(r"http://\S+", letter.body)[0]
    where = client.get(path_of(link))["Location"]
    assert "set-password" in where
    page = client.get(where)
    assert page.status_code == 200
    assert set_password(client, where)["Location"] == "/login"
    bob.refresh_from_db()
    assert bob.check_password(NEW)
    assert "Your password has been changed." in client.get("/login").content.decode()


def test_an_unknown_address_gets_the_same_response_and_no_email(client, bob):
    known, unknown = ask(client, "bob@example.com"), ask(client, "nobody@example.com")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert known.content == unknown.content
    assert len(queued()) == 1


def test_an_inactive_user_gets_the_same_response_and_no_email(client, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert ask(client, "bob@example.com")["Location"] == "/password/sent"
    assert queued() == []


def test_a_user_deactivated_before_the_email_is_sent_gets_none(client, bob):
    ask(client, "bob@example.com")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert mails() == []


def test_repeated_requests_send_one_email(client, bob):
    for _time in range(3):
        ask(client, "bob@example.com")
    assert len(queued()) == 1
    User.objects.filter(pk=bob.pk).update(link_sent_at=timezone.now() - timedelta(minutes=3))
    ask(client, "bob@example.com")
    assert len(queued()) == 2


def test_an_invalid_address_gets_422_and_keeps_the_input(client, db):
    answer = ask(client, "bob")
    assert answer.status_code == 422
    assert 'value="bob"' in answer.content.decode()
    assert queued() == []


def test_a_signed_in_user_is_redirected_to_the_profile(sign_in, bob):
    assert sign_in(bob).get("/password/forgotten")["Location"] == "/profile"


def test_the_email_is_in_the_users_language(departments, monkeypatch):
    user = make_user("ioana", "rep", [departments.sales], language="ro")
    languages = []

    def spy(template, context):
        from django.utils.translation import get_language

        languages.append(get_language())
        return "text"

    monkeypatch.setattr(password_links, "render_to_string", spy)
    password_links.build_password_email(user, None)
    assert languages == ["ro"]


def test_a_name_is_written_unchanged_and_cannot_break_a_header(departments):
    user = make_user("odd", "rep", [departments.sales], full_name="O'Neil & <Sons>\nBcc: x@example.com")
    letter = password_links.build_password_email(user, None)
    assert "O'Neil & <Sons>" in letter.body
    assert "Bcc" not in str(letter.message()["To"]) + str(letter.message()["Subject"])


def test_a_link_works_once(client, bob):
    link = path_of(password_links.build_password_link(bob))
    where = client.get(link)["Location"]
    set_password(client, where)
    for address in (link, where):
        answer = Client().get(address)
        assert answer.status_code == 410
        assert "This link no longer works" in answer.content.decode()
    assert set_password(client, where, "quite another password 8").status_code == 410
    bob.refresh_from_db()
    assert bob.check_password(NEW)


@pytest.mark.django_db(transaction=True)
def test_of_two_submissions_of_a_link_at_once_only_the_first_one_counts(bob):
    browsers = [Client(), Client()]
    _first, where = (follow(browser, bob) for browser in browsers)
    second = crossed(
        lambda: set_password(browsers[0], where),
        lambda: set_password(browsers[1], where, "quite another password 8"),
    )
    assert second.status_code == 410
    bob.refresh_from_db()
    assert bob.check_password(NEW)


def test_a_link_expires_after_a_day(client, bob, settings):
    link = path_of(password_links.build_password_link(bob))
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(link).status_code == 410


def test_a_link_expires_when_the_email_changes(client, bob):
    link = path_of(password_links.build_password_link(bob))
    User.objects.filter(pk=bob.pk).update(email="robert@example.com")
    assert client.get(link).status_code == 410


def test_a_link_expires_when_the_user_becomes_inactive_even_briefly(client, bob):
    link = path_of(password_links.build_password_link(bob))
    where = client.get(link)["Location"]
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert client.get(link).status_code == 410
    assert set_password(client, where).status_code == 410
    User.objects.filter(pk=bob.pk).update(is_active=True, sign_out_count=1)
    assert client.get(link).status_code == 410


def test_a_link_expires_when_the_user_signs_in(client, bob):
    link = path_of(password_links.build_password_link(bob))
    Client().post("/login", {"email": "bob@example.com", "password": PASSWORD})
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    "link", ["/password/set/x/y", "/password/set/MQ/abc-def", "/password/set/%00/set-password"]
)
def test_an_invented_link_gets_the_same_response_as_an_expired_one(client, db, link):
    assert client.get(link).status_code == 410


def test_a_link_cannot_set_another_users_password(client, bob, ann):
    where = follow(client, bob)
    from django.utils.encoding import force_bytes
    from django.utils.http import urlsafe_base64_encode

    foreign = f"/password/set/{urlsafe_base64_encode(force_bytes(ann.pk))}/set-password"
    assert where != foreign
    assert set_password(client, foreign).status_code == 410


@pytest.mark.parametrize(
    ("password", "again"),
    [("short", None), ("1234567890123", None), ("password1234", "password12345"), ("", None)],
)
def test_a_weak_password_is_rejected_with_a_message(client, bob, password, again):
    where = follow(client, bob)
    answer = set_password(client, where, password, again)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_setting_a_password_ends_the_users_sessions(client, bob):
    elsewhere = Client()
    elsewhere.force_login(bob, backend="accounts.sign_in.EmailBackend")
    assert elsewhere.get("/profile").status_code == 200
    set_password(client, follow(client, bob))
    assert elsewhere.get("/profile")["Location"] == "/login?next=/profile"


def test_setting_a_password_ends_the_slowdown_of_the_account(client, bob, settings):
    settings.AXES_ENABLED = True
    for number in range(10):
        client.post("/login", {"email": "bob@example.com", "password": f"guess {number}"})
    assert client.post("/login", {"email": "bob@example.com", "password": PASSWORD}).status_code == 429
    set_password(client, follow(client, bob))
    assert not AccessAttempt.objects.exists()
    assert client.post("/login", {"email": "bob@example.com", "password": NEW}).status_code == 302


def test_someone_signed_in_as_another_user_can_still_use_the_link(sign_in, bob, ann):
    browser = sign_in(ann)
    where = follow(browser, bob)
    assert "For bob@example.com" in browser.get(where).content.decode()


def test_the_email_is_sent_over_smtp(client, post_office, departments, settings):  # noqa: F811
    settings.DEFAULT_FROM_EMAIL = "Leadwell <crm@leads.example>"
    user = make_user("stefan", "rep", [departments.sales], full_name="Ștefan Dumitru")
    ask(client, "stefan@example.com")
    mails()
    (letter,) = post_office
    assert letter["To"] == "stefan@example.com"
    assert letter["From"] == "Leadwell <crm@leads.example>"
    assert letter["Message-ID"].endswith("@leads.example>")
    text = letter.get_payload(decode=True).decode()
    assert "Hello Ștefan Dumitru" in text
    where = client.get(path_of(re.search(r"http://\S+", text)[0]))["Location"]
    set_password(client, where)
    user.refresh_from_db()
    assert user.check_password(NEW)
