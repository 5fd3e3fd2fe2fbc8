"""Privacy: administrators alone see what is stored about a person, erase it, and set how long it is kept. Consent is part of
leads and contacts."""

from tests.matrix.oracle import CHANGES, ON_CONTACTS, SEES, Row, form, get, post

VIEW, ERASE = "privacy.view_person_data", "privacy.erase_person"
CONSENT, RETENTION = "customers.change_consentpurpose", "privacy.change_retentionrule"
PROCESSING = ("privacy.view_processingtexts", "privacy.change_processingtexts")
RULE = {"status": "{new_status}", "months": "24", "notice_days": "14", "is_active": "on", "action": "delete"}
PERIODS = {"calls": "30", "deliveries": "30", "notifications": "80", "import_rows": "7", "version": "0"}
TOLD = {"purpose": "{purpose}", "state": "given", "on": "2026-01-02", "about": "someword"}


def consents(path: str, view: str, change: str, of: str) -> list[Row]:
    return [
        *get(path, view, of=of),
        *post(path, view, change, of=of, changes=True, data=TOLD),
    ]


PRIVACY: list[Row] = [
    *get("admin/privacy", VIEW),
    *get("admin/consents", CONSENT),
    *form("admin/consents/new", CONSENT, data={"name": "somepurpose"}),
    *form("admin/consents/<int:pk>", CONSENT, of="consent purpose", data={"name": "someother"}),
    *post(
        "admin/consents/<int:pk>/text",
        CONSENT,
        of="consent purpose",
        data={"language": "en", "text": "someword"},
    ),
    *consents("admin/leads/<int:pk>/consents", SEES, CHANGES, "lead"),
    *consents("admin/contacts/<int:pk>/consents", ON_CONTACTS.view, ON_CONTACTS.change, "contact"),
    *form("admin/privacy/retention", RETENTION, data=PERIODS),
    *form("admin/privacy/retention/new", RETENTION, data=RULE),
    *form("admin/privacy/retention/<int:pk>", RETENTION, of="retention rule", data=RULE),
    *post("admin/privacy/retention/<int:pk>/confirm", RETENTION, of="retention rule"),
    *post("admin/privacy/retention/<int:pk>/remove", RETENTION, of="retention rule"),
    *form("admin/privacy/keep/<int:pk>", SEES, CHANGES, of="lead", changes=True, data={"reason": "someword"}),
    *get("admin/privacy/processing", PROCESSING[0]),
    *get("admin/privacy/processing/file", PROCESSING[0]),
    *form("admin/privacy/processing/edit", *PROCESSING, data={"company": "someone"}),
    *get("admin/privacy/person", VIEW),
    *get("admin/privacy/person/file", VIEW),
    *form("admin/privacy/person/erase", ERASE, data={"word": "erase"}),
    *get("admin/privacy/erasures", VIEW),
]
