"""The record of processing: it says what this installation does, and names what isn't filled in."""

from io import BytesIO

import openpyxl
import pytest

from crm.models import Operation, Webhook
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from privacy.models import ProcessingTexts, RetentionRule
from tests.api.conftest import make_token

PAGE = "/admin/privacy/processing"


@pytest.fixture
def page(client, ada):
    client.force_login(ada)
    return lambda: client.get(PAGE).text


def test_texts_that_no_one_wrote_are_named_as_missing(page, client, ada):
    assert page().count("Not filled in yet") == 9
    sent = {"company": "Omnia SRL, Cluj", "transfers": "None", "version": 0}
    assert client.post(f"{PAGE}/edit", sent).status_code == 302
    text = page()
    assert "Omnia SRL, Cluj" in text
    assert text.count("Not filled in yet") == 7
    revert_operation(Operation.objects.get(kind="edit_processing_texts"), by=ada)
    assert page().count("Not filled in yet") == 9


def test_recipients_are_the_programs_and_servers_that_are_connected(page, ann, settings):
    settings.AUDIT_LOG = "syslog+tls://logs.example.com:6514"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "smtp.example.com"
    assert "hooks.example.com" not in page()
    make_token(ann)
    Webhook.objects.create(user=ann, url="https://hooks.example.com/in", kinds=["add"])
    text = page()
    for name in ("hooks.example.com", "logs.example.com", "smtp.example.com", "(Ann)"):
        assert name in text


def test_security_measures_follow_from_the_settings(page, settings):
    settings.BACKUP_KEYS, settings.SITE_URL = [], "http://localhost"
    text = page()
    assert "not encrypted by Leadwell" in text
    assert "no TLS: the address is http" in text
    settings.BACKUP_KEYS, settings.SITE_URL = ["age1x"], "https://crm.example.com"
    assert "TLS (https)" in page()
    assert "not encrypted by Leadwell" not in page()


def test_custom_fields_are_listed_and_sensitive_ones_marked(page, client, make_field):
    field = make_field("Healthqq").definition
    assert "Healthqq" in page()
    assert "Healthqq (sensitive)" not in page()
    client.post(f"{PAGE}/edit", {"sensitive": [f"lead c{field.pk}"], "version": 0})
    assert "Healthqq (sensitive)" in page()
    assert client.post(f"{PAGE}/edit", {"sensitive": ["lead c0"], "version": 1}).status_code == 422


def test_retention_rules_are_part_of_the_record(page, statuses):
    assert "there are no retention rules" in page()
    with operation("test", by=None):
        RetentionRule.objects.create(status=statuses.lost, months=24)
    assert "deleted 24 months after the last activity" in page()


def test_the_file_has_what_the_page_has(page, client):
    with operation("test", by=None):
        ProcessingTexts.objects.create(pk=ProcessingTexts.ROW, company="Omnia SRL")
    response = client.get(f"{PAGE}/file")
    rows = list(openpyxl.load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))
    assert ("Controller", "Omnia SRL") in rows
    assert ("Contact", "Not filled in yet") in rows


def test_only_users_with_the_permission_read_it(client, ann):
    client.force_login(ann)
    assert [client.get(f"{PAGE}{more}").status_code for more in ("", "/file", "/edit")] == [403, 403, 403]


def test_a_rule_that_erases_is_listed_as_one_that_waits_until_an_administrator_has_confirmed_it(
    page, statuses
):
    with operation("test", by=None):
        rule = RetentionRule.objects.create(status=statuses.lost, months=12, action="erase")
    waiting = "person erased 12 months after the last activity, once an administrator confirms the rule"
    assert waiting in page()
    with operation("test", by=None):
        RetentionRule.objects.filter(pk=rule.pk).update(is_confirmed=True)
    text = page()
    assert "person erased 12 months after the last activity" in text
    assert waiting not in text
