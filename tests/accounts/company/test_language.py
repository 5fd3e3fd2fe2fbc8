"""The company's language in Settings: for users without one, and what the environment overrides."""

import pytest
from django.test import Client

from accounts.authentication.password_links import build_password_email
from crm.models import CompanySettings, Operation
from crm.platform.configuration.company import get_company_language
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from intake.models import WebForm

PAGE = "/admin/company"


@pytest.fixture
def free(settings):
    """The environment decides nothing."""
    settings.COMPANY_OVERRIDES = dict.fromkeys(settings.COMPANY_OVERRIDES, "")


@pytest.fixture
def romanian(free, db):
    with operation("test", by=None):
        return CompanySettings.objects.create(pk=CompanySettings.ROW, language="ro")


def test_emails_to_users_without_a_language_are_in_that_of_the_company(romanian, bob):
    assert build_password_email(bob, None).subject == "Setează o parolă nouă pentru Leadwell"
    bob.language = "en"
    assert build_password_email(bob, None).subject == "Set a new Leadwell password"


@pytest.mark.parametrize(
    ("headers", "cookie", "words"),
    [
        ({}, "", "Parolă"),
        ({"accept-language": "*"}, "", "Parolă"),
        ({"accept-language": "fr-FR,fr;q=0.9"}, "", "Parolă"),
        ({"accept-language": "fr, en-GB;q=0.5"}, "", "Password"),
        ({"accept-language": "ro"}, "en", "Password"),
        ({"accept-language": ",;q=x,,\x00"}, "nonsense", "Parolă"),
    ],
)
def test_a_visitor_gets_the_language_of_their_cookie_or_browser_else_the_company(
    romanian, headers, cookie, words
):
    visitor = Client(headers=headers)
    if cookie:
        visitor.cookies["language"] = cookie
    assert words in visitor.get("/login").text


def test_new_web_forms_are_in_the_language_of_the_company(romanian):
    assert WebForm().language == "ro"


def test_a_change_is_in_effect_with_the_next_request_and_can_be_undone(free, sign_in, ada):
    browser = sign_in(ada)
    browser.post(
        PAGE,
        {
            "name": "",
            "language": "ro",
            "time_zone": "Europe/Bucharest",
            "base_currency": "EUR",
            "version": "0",
        },
    )
    assert get_company_language() == "ro"
    assert "Parolă" in Client().get("/login").text
    revert_operation(Operation.objects.get(kind="edit_company_settings"), by=ada)
    assert get_company_language() == "en"


@pytest.mark.parametrize("language", ["", "tlh"])
def test_an_unknown_language_is_an_error_on_its_field(free, sign_in, ada, language):
    assert (
        sign_in(ada)
        .post(
            PAGE,
            {
                "name": "Acme",
                "language": language,
                "time_zone": "UTC",
                "base_currency": "EUR",
                "version": "0",
            },
        )
        .status_code
        == 422
    )
    assert not CompanySettings.objects.exists()


def test_the_environment_overrides_and_the_page_says_so(romanian, settings, sign_in, ada):
    settings.COMPANY_OVERRIDES = {**settings.COMPANY_OVERRIDES, "language": "en"}
    assert get_company_language() == "en"
    browser = sign_in(ada)
    page = browser.get(PAGE).text
    assert "Set by LEADWELL_LANGUAGE on the server." in page
    assert 'name="language" disabled' in page or "disabled" in page.partition('name="language"')[2][:200]
    browser.post(
        PAGE,
        {
            "name": "Acme",
            "language": "en",
            "time_zone": "Europe/Bucharest",
            "base_currency": "EUR",
            "version": "1",
        },
    )
    row = CompanySettings.get_current()
    assert (row.name, row.language) == ("Acme", "ro")
