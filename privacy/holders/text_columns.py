"""Every column of the holders' tables that can have a text: which ones an erasure looks through or empties, and which have nothing of
persons. A column in neither fails tests/privacy/holders/test_columns.py; that an erasure reaches them in the rows of other people is in
tests/privacy/proof/test_other_rows.py.
"""

from privacy.holders.free_texts import OF_ANSWERS, TEXTS

# Looked through or emptied by the holders, besides those of TEXTS and OF_ANSWERS.
LOOKED_THROUGH: dict[str, tuple[str, ...]] = {
    "crm.ApiCall": ("path",),
    "crm.ApiReply": ("key", "asked", "headers", "body"),
    "crm.AuditEntry": ("details",),
    "crm.Change": ("fields",),
    "crm.Export": ("name", "words", "query", "note"),
    "crm.Import": (
        *("name", "columns", "unknown", "decisions", "blanks", "counts", "options", "new_fields"),
        *("sheet", "sheets", "parts"),
    ),
    "crm.ImportMapping": ("name", "headings", "mapping", "options"),
    "crm.ImportRow": ("cells", "targets", "fixes"),
    "crm.Job": ("arguments", "problem"),
    "crm.Notification": ("parameters", "path"),
    "crm.Operation": ("parameters", "note"),
    "crm.PlannedRow": (
        *("title", "subtitle", "values", "old", "conflicts", "errors", "keys", "unknown", "notes"),
    ),
    "crm.UniqueValue": ("value",),
    **dict.fromkeys(
        (
            *("leads.LeadValues", "customers.ContactValues", "customers.RequestValues"),
            *("customers.CompanyValues", "customers.DealValues"),
        ),
        ("values",),
    ),
    "leads.ScoreState": ("statement",),
    "leads.Unsubscribe": ("email_key",),
    "customers.Consent": ("person", "about"),
    "customers.ConsentState": ("person",),
    "intake.IncomingCall": ("headers", "body", "delivery", "problems"),
    "intake.StopWord": ("text",),
    "intake.Submission": (*("values", "files", "email", "consents", "first_touch", "last_touch", "reasons"),),
    "mailboxes.Message": ("sender", "subject", "reason"),
    "mailings.Delivery": ("address", "email_key", "problem", "unsubscribe_reason"),
    "mailings.ListUnsubscribe": ("email_key",),
    "mailings.Mailing": ("subject", "preheader", "text", "plain", "query", "why"),
    "mailings.MailingLink": ("url",),
    "mailings.Suppression": ("address", "email_key", "note"),
    "reports.KeptNumbers": ("rows",),
    "sequences.Enrollment": ("email_key",),
}

CODES = "names of the product's own tables, fields, kinds and reasons"
DIGESTS = "digests and keys, of which no one can tell what they were made of"
STORED_AS = "random names of stored files, and their types"
SERVERS = "network addresses of programs and browsers"
MAIL_IDS = "ids of messages, which programs make up"
OTHERS = "the email and phone of another record, which stay with that one"
OWN_MAILBOXES = "addresses of the company’s own mailboxes and users"
COMPANIES = "of a company, which no one recognizes a person by"

FREE: dict[str, dict[str, tuple[str, ...]]] = {
    CODES: {
        "crm.Activity": ("of",),
        "crm.ApiCall": ("method",),
        "crm.AuditEntry": ("kind", "table"),
        "crm.Change": ("table", "role"),
        "crm.EmailDraft": ("of", "place"),
        "crm.EmailEnvelope": ("route",),
        "crm.CustomField": ("table_of", "links_to", "unit", "formula", "shown_if", "searched_as"),
        "crm.Export": ("table", "columns", "also", "source"),
        "crm.FrozenSet": ("table",),
        "crm.Import": ("table", "encoding", "mapping"),
        "crm.ImportMapping": ("table",),
        "crm.ImportRow": ("kinds", "choice", "takes"),
        "crm.Job": ("kind",),
        "crm.Notification": ("kind",),
        "crm.Operation": ("kind", "table"),
        "crm.PlannedRow": ("action", "choice", "match"),
        "crm.SavedView": ("table", "columns", "widths"),
        "crm.Task": ("of",),
        "automations.Automation": ("table_of", "trigger", "off_reason"),
        "automations.AutomationRun": ("outcome", "reasons", "occasion"),
        "automations.WaitingRecord": ("occasion",),
        "sequences.Sequence": ("table_of", "stop_statuses"),
        "sequences.Enrollment": ("table_of",),
        "sequences.EnrollmentStep": ("key", "reason"),
        "sequences.ComingStep": ("key",),
        "sequences.EditedEmail": ("key",),
        "leads.AssignmentRule": ("ways", "roles", "people"),
        "leads.ScoreRule": ("counts", "fades_from"),
        "leads.ScoreState": ("changed",),
        "leads.Lead": ("language", "currency", "contacted_otherwise"),
        "customers.Deal": ("currency",),
        "duplicates.Distinction": ("first_table", "second_table"),
        "duplicates.Likeness": ("table",),
        "intake.IncomingCall": ("content_type", "of"),
        "intake.WebForm": ("slug", "redirect", "color", "background"),
        "mailboxes.Message": ("folder", "of"),
        "mailings.Delivery": ("of",),
        "mailings.Mailing": ("of",),
        "reports.DashboardPart": ("shipped",),
        "reports.Pin": ("shipped",),
        "reports.ReportSchedule": ("shipped", "zone"),
    },
    DIGESTS: {
        "crm.Export": ("sha256",),
        "crm.Import": ("sha256",),
        "crm.ImportMapping": ("signature",),
        "intake.IncomingCall": ("digest",),
        "intake.Submission": ("address", "nonce"),
        "mailboxes.Message": ("key",),
        "mailings.Delivery": ("digest",),
        "mailings.ForgottenAddress": ("digest",),
        "reports.KeptNumbers": ("digest",),
        "reports.ReadReport": ("digest",),
    },
    STORED_AS: {
        "crm.AttachedFile": ("content_type", "sha256", "file"),
        "crm.EmailDraft": ("page",),
        "crm.Export": ("file",),
        "crm.Import": ("file",),
        "crm.ValueFile": ("file",),
        "mailings.MailingFile": ("content_type", "sha256", "file"),
    },
    SERVERS: {
        "crm.ApiCall": ("address",),
        "crm.AuditEntry": ("address", "request", "user_name"),
        "intake.IncomingCall": ("address",),
    },
    MAIL_IDS: {
        "crm.Activity": ("message_id",),
        "crm.EmailEnvelope": ("message_id", "references", "thread_index", "conversation"),
        "crm.Invitation": ("uid",),
        "mailboxes.Message": ("thread",),
    },
    OTHERS: {
        "leads.Lead": ("email", "second_email", "phone", "mobile", "phone_normal", "mobile_normal"),
        "customers.Contact": ("email", "second_email", "phone", "mobile", "phone_normal", "mobile_normal"),
        "customers.Request": ("email", "phone", "phone_normal"),
    },
    OWN_MAILBOXES: {"sequences.EnrollmentStep": ("sender",)},
    COMPANIES: {"customers.Company": ("domain", "other_domains", "tax_id")},
}


def get_searched_columns() -> dict[str, set[str]]:
    """The columns by "app.Model"."""
    found = {label: set(columns) for label, columns in LOOKED_THROUGH.items()}
    for texts in (*TEXTS, OF_ANSWERS):
        found.setdefault(texts.model._meta.label, set()).update([*texts.columns, *texts.short])
    return found


def get_free_columns() -> dict[str, set[str]]:
    """The same of the columns without anything of persons."""
    found: dict[str, set[str]] = {}
    for tables in FREE.values():
        for label, columns in tables.items():
            found.setdefault(label, set()).update(columns)
    return found
