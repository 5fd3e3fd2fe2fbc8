"""The pages of privacy: what is stored about a person, consent, retention and the record of processing."""

from typing import Any

PRIVACY = {
    "privacy:start": "/admin/privacy",
    "privacy:person": "/admin/privacy/person?record=lead-{lead}",
    "privacy:erasures": "/admin/privacy/erasures",
    "privacy:erase": "/admin/privacy/person/erase?record=lead-{lead}",
    "consents:purposes": "/admin/consents",
    "consents:purpose_new": "/admin/consents/new",
    "consents:purpose": "/admin/consents/{purpose}",
    "consents:of_lead": "/admin/leads/{noted}/consents",
    "consents:of_contact": "/admin/contacts/{employed}/consents",
    "privacy:retention": "/admin/privacy/retention",
    "privacy:rule_new": "/admin/privacy/retention/new",
    "privacy:rule": "/admin/privacy/retention/{retention_rule}",
    "privacy:keep": "/admin/privacy/keep/{noted}",
    "privacy:processing": "/admin/privacy/processing",
    "privacy:processing_edit": "/admin/privacy/processing/edit",
}


def add_privacy(browser: Any, status: int) -> None:
    """A purpose with a text, and a rule, as an administrator adds them."""
    browser.get("/admin/consents/new")
    browser.post("/admin/consents/new", name="Newsqq")
    browser.get("/admin/privacy/retention/new")
    browser.post(
        "/admin/privacy/retention/new",
        status=status,
        months=24,
        notice_days=14,
        is_active="on",
        action="delete",
    )
