"""The company's name in Settings: where it shows, who may change it, and its undo."""

import re

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.template import Context, Engine
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.authentication.password_links import build_password_email
from accounts.second_factor.codes import build_authenticator_url, generate_secret
from crm.api.api_middleware import get_token_by_secret
from crm.models import CompanySettings, Operation, Token
from crm.platform.configuration.company import get_company_name, keep_company_settings
from crm.platform.models.token import hash_secret
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation

PAGE = "/admin/company"


@pytest.fixture
def acme(db):
    with operation("test", by=None):
        return CompanySettings.objects.create(pk=CompanySettings.ROW, name="Acme & Sons")


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_users_without_permission_get_403(sign_in, cast, who):
    browser = sign_in(getattr(cast, who))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, {"name": "Acme", "version": "0"}).status_code == 403
    assert not CompanySettings.objects.exists()


def test_the_permission_alone_opens_the_page(sign_in, ann, grant):
    assert sign_in(grant(ann, "crm.change_companysettings")).get(PAGE).status_code == 200


def test_without_a_name_pages_and_emails_say_leadwell(sign_in, ada, bob):
    page = sign_in(ada).get(PAGE).text
    assert "<title>Company – Settings – Leadwell</title>" in page
    assert build_password_email(bob, None).subject == "Set a new Leadwell password"


def test_a_new_name_is_in_the_menu_the_title_and_the_emails_at_once(sign_in, ada, bob):
    browser = sign_in(ada)
    answer = browser.post(PAGE, {"name": "  Acme   & Sons ", "version": "0"}, follow=True)
    assert "<title>Company – Settings – Acme &amp; Sons</title>" in answer.text
    assert 'aria-label="Acme &amp; Sons"' in answer.text
    letter = build_password_email(bob, ada)
    assert letter.subject == "Set a new Acme & Sons password"
    assert "for Acme & Sons:" in letter.body
    assert "\n\nAcme & Sons\nhttp" in letter.body
    assert "issuer=Acme%20%26%20Sons" in build_authenticator_url(bob, generate_secret())


def test_the_sign_in_page_and_the_installed_app_have_the_name(acme):
    visitor = Client()
    assert "<span>Acme &amp; Sons</span>" in visitor.get("/login").text
    assert visitor.get("/manifest.webmanifest").json()["short_name"] == "Acme & Sons"
    assert "Back to Acme &amp; Sons" not in visitor.get("/nowhere").text


def test_visitors_of_public_pages_see_the_name_but_never_the_product(acme):
    template = Engine.get_default().from_string(
        '{% extends "mailings/public/base.html" %}{% block title %}Bye{% endblock %}'
    )
    assert "<title>Bye – Acme &amp; Sons</title>" in template.render(Context())
    with operation("test", by=None):
        CompanySettings.objects.all().delete()
    assert "<title>Bye</title>" in template.render(Context())


def test_the_page_of_an_error_leads_back_to_the_company(sign_in, bob, acme):
    assert "Back to Acme &amp; Sons" in sign_in(bob).get("/nowhere").text


def test_a_change_is_an_operation_with_undo_and_in_the_audit_log(sign_in, ada):
    browser = sign_in(ada)
    browser.post(PAGE, {"name": "Acme", "version": "0"})
    record = Operation.objects.get(kind="edit_company_settings")
    assert describe_operation(record) == "Edit the company settings"
    assert "Edit the company settings" in browser.get("/admin/operations").text
    page = browser.get("/admin/audit?kind=company_changed").text
    assert "Changed the company settings" in page
    assert "name: Acme" in page
    browser.post(PAGE, {"name": "Omnia", "version": "1"})
    revert_operation(Operation.objects.filter(kind="edit_company_settings").latest("pk"), by=ada)
    assert get_company_name() == "Acme"
    revert_operation(record, by=ada)
    assert get_company_name() == "Leadwell"


def test_someone_who_was_slower_gets_a_sentence_and_keeps_what_they_typed(sign_in, ada):
    browser = sign_in(ada)
    browser.post(PAGE, {"name": "Acme", "version": "0"})
    answer = browser.post(PAGE, {"name": "Omnia", "version": "0"})
    assert answer.status_code == 409
    assert 'value="Omnia"' in answer.text
    assert get_company_name() == "Acme"


@pytest.mark.parametrize("name", ["a" * 61, "Acme\u202eevil", "Acme\x07"])
def test_a_name_that_does_not_fit_is_an_error_on_its_field(sign_in, ada, name):
    answer = sign_in(ada).post(PAGE, {"name": name, "version": "0"})
    assert answer.status_code == 422
    assert not CompanySettings.objects.exists()


def test_a_request_reads_the_settings_with_its_user(sign_in, bob, acme):
    browser = sign_in(bob)
    with CaptureQueriesContext(connection) as captured:
        assert "Acme" in browser.get("/profile").text
    assert [query["sql"] for query in captured if 'FROM "crm_companysettings"' in query["sql"]] == []


def test_a_call_of_a_program_reads_the_settings_with_its_token(client, ada, acme):
    secret = Token(user=ada, name="erp", rights=["lead.view"]).set_new_secret()
    Token.objects.create(user=ada, name="erp", rights=["lead.view"], hash=hash_secret(secret), prefix="x")
    user = get_token_by_secret(secret).user
    with keep_company_settings(user), CaptureQueriesContext(connection) as captured:
        assert get_company_name() == "Acme & Sons"
    assert len(captured) == 0


def test_a_job_reads_the_settings_once(acme, django_assert_num_queries):
    with keep_company_settings(), django_assert_num_queries(1):
        assert {get_company_name() for _time in range(3)} == {"Acme & Sons"}


class Unread:
    """A user whose session can't be read, because the database is away."""

    @property
    def company_settings(self):
        raise OperationalError("the connection is lost")


def test_a_request_that_could_not_read_its_user_leaves_nothing_for_the_next_one_of_its_thread(acme):
    with pytest.raises(OperationalError), keep_company_settings(Unread()):
        pass
    assert get_company_name() == "Acme & Sons"
    with operation("test", by=None):
        CompanySettings.objects.update(name="Omnia")
    assert get_company_name() == "Omnia"


def test_another_process_sees_a_change_with_its_next_request(sign_in, ada):
    browser = sign_in(ada)
    browser.get("/profile")
    with operation("test", by=None):
        CompanySettings.objects.create(pk=CompanySettings.ROW, name="Omnia")
    assert "– Omnia</title>" in browser.get("/profile").text


def test_no_page_has_the_product_in_its_title():
    """base.html ends each title with the name of the company."""
    titles = {
        str(path): re.search(r"{% block title %}(.*?){% endblock", path.read_text(), re.DOTALL)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
    }
    assert [path for path, title in titles.items() if title and title[1].endswith("– Leadwell")] == []
