"""Sensitive screens ask for the password again if it wasn't entered in the last 15 minutes."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.models import Role, User
from crm.models import Export, Token
from leads.models import Lead
from tests.conftest import PASSWORD
from tests.crm.transfer.exports.exporting import NEW, WRITE

QUESTION = "/confirm"


@pytest.fixture
def later(monkeypatch):
    """later(minutes=20) moves the clock to so long after signing in."""
    start = timezone.now()

    def moved(**passed) -> None:
        now = start + timedelta(**passed)
        monkeypatch.setattr(timezone, "now", lambda: now)

    moved()
    return moved


def asked(answer) -> dict | None:
    """What the question was asked with, or None."""
    parts = urlsplit(answer.headers.get("Location", ""))
    return (
        {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == QUESTION
        else None
    )


def pages_of(bob) -> list[str]:
    role = Role.objects.get(key="manager").pk
    users = [f"/admin/users/{bob.pk}/edit", f"/admin/users/{bob.pk}/deactivate", "/admin/users/new"]
    return [
        *users,
        "/admin/roles/new",
        f"/admin/roles/{role}",
        "/admin/api/api_management/new",
        "/admin/audit/file",
    ]


def test_pages_of_users_roles_and_tokens_ask_after_15_minutes_before_their_form_is_shown(
    sign_in, ada, bob, later
):
    browser = sign_in(ada)
    later(minutes=14, seconds=59)
    assert [asked(browser.get(page)) for page in pages_of(bob)] == [None] * 7
    later(minutes=15)
    assert [asked(browser.get(page)) for page in pages_of(bob)] == [{"next": page} for page in pages_of(bob)]


def test_the_right_password_leads_on_and_lasts_another_15_minutes(sign_in, ada, later):
    browser = sign_in(ada)
    later(minutes=20)
    question = browser.get("/admin/users/new")["Location"]
    key = browser.cookies["sessionid"].value
    answer = browser.post(question, {"password": PASSWORD})
    assert browser.cookies["sessionid"].value != key
    assert answer["Location"] == "/admin/users/new"
    later(minutes=34)
    assert browser.get("/admin/users/new").status_code == 200


def test_a_wrong_password_leads_nowhere_and_is_recorded(sign_in, ada, later, noted):
    browser = sign_in(ada)
    later(minutes=20)
    (line,) = noted(lambda: browser.post(f"{QUESTION}?next=/admin/users/new", {"password": "gue55ed"}))
    assert (line["event"], line["user"]) == ("password_wrong", ada.pk)
    assert asked(browser.get("/admin/users/new"))


def test_guessing_is_slowed_down_and_the_page_says_so(sign_in, ada, settings):
    settings.AXES_ENABLED = True
    browser = sign_in(ada)
    answers = [browser.post(QUESTION, {"password": "guess"}) for _number in range(10)]
    assert [answer.status_code for answer in answers] == [422] * 9 + [429]
    assert "Too many attempts" in answers[-1].text
    assert "Confirm that it’s you" in answers[-1].text


def test_a_form_that_is_sent_too_late_changes_nothing_and_the_question_says_so(sign_in, ada, bob, later):
    browser = sign_in(ada)
    secret = Token(user=bob, name="Website", rights=[]).set_new_secret()
    assert secret
    token = Token.objects.create(user=bob, name="Website", rights=[], hash="x" * 64)
    later(minutes=20)
    page = f"http://testserver/admin/api/api_management/{token.pk}"
    for address in (
        f"/admin/api/api_management/{token.pk}/revoke",
        f"/admin/users/{bob.pk}/link",
        "/admin/users/new",
        "/profile/sessions/1/end",
    ):
        answer = browser.post(address, {"name": "Eva"}, headers={"Referer": page})
        assert asked(answer) == {"next": urlsplit(page).path, "lost": "1"}
    assert "Nothing was changed" in browser.get(answer["Location"]).text
    token.refresh_from_db()
    assert token.revoked_at is None
    assert not User.objects.filter(name="Eva").exists()


def test_the_question_leads_to_no_other_site(sign_in, ada):
    answer = sign_in(ada).post(f"{QUESTION}?next=https://example.com/", {"password": PASSWORD})
    assert answer["Location"] == "/"


def test_exports_above_the_set_size_ask_and_smaller_ones_do_not(
    sign_in, ada, lead_of, make_lead, later, settings
):
    settings.EXPORT_PASSWORD_ABOVE = 1
    browser = sign_in(ada)
    make_lead()
    later(minutes=20)
    assert browser.get(f"{NEW}?all=1").status_code == 200
    make_lead("Eva Nová")
    assert asked(browser.get(f"{NEW}?all=1")) == {"next": f"{NEW}?all=1"}
    assert asked(browser.post(f"{WRITE}?all=1", {"columns": "all", "format": "csv"}))["lost"] == "1"
    assert not Export.objects.exists()
    assert Lead.objects.count() == 2
    settings.EXPORT_PASSWORD_ABOVE = 0
    assert browser.get(f"{NEW}?all=1").status_code == 200


def test_an_earlier_export_above_the_set_size_asks_too(sign_in, ada, later, settings, tmp_path):
    settings.EXPORT_PASSWORD_ABOVE = 1
    path = tmp_path / "files" / "leads.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("leads")
    values = {
        "user": ada,
        "table": "lead",
        "name": "leads.csv",
        "format": "csv",
        "file": "leads.csv",
        "wrote": 2,
    }
    export = Export.objects.create(**values, columns=[], state=Export.State.FINISHED)
    browser = sign_in(ada)
    later(minutes=20)
    assert asked(browser.get(f"/admin/exports/{export.pk}/file"))


def test_a_role_can_be_looked_at_without_a_question_by_those_who_cannot_change_it(
    sign_in, someone_with, later
):
    browser = sign_in(someone_with("view_role"))
    later(minutes=20)
    assert browser.get(f"/admin/roles/{Role.objects.get(key='rep').pk}").status_code == 200
