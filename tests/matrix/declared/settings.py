"""The URLs of the settings: statuses, sources, pipelines, tags, lost reasons, rates, departments, roles."""

from tests.matrix.oracle import ASSIGNS, CHANGES, SIGNED_IN, Row, form, get, post

LEADS = "admin/leads"


def bulk(folder: str, model: str, of: str) -> list[Row]:
    """Selected rows: downloaded by users who see them, retired and reactivated by users who can change them."""
    path = f"{LEADS}/{folder}/bulk"
    return [
        *get(path, f"leads.view_{model}", query="action=export"),
        *form(path, f"leads.change_{model}", query=f"action=retire&row={{{of}}}"),
        *form(path, f"leads.change_{model}", query=f"action=activate&row={{{of}}}"),
    ]


def merge(folder: str, needed: str, of: str) -> list[Row]:
    """One row becomes another one."""
    data = {"into": f"{{other_{of}}}"}
    return form(f"{LEADS}/{folder}/merge", needed, CHANGES, query=f"row={{{of}}}", data=data)


def arrange(folder: str, model: str, of: str) -> list[Row]:
    """One row moves by a step or anywhere, or gets another name."""
    change, row = f"{model.partition('.')[0]}.change_{model.partition('.')[2]}", f"row={{{of}}}"
    return [
        *form(f"{LEADS}/{folder}/order", change, query=row, data={"after": "first"}),
        *form(f"{LEADS}/{folder}/rename", change, query=row),
    ]


STATUS, SOURCE = f"{LEADS}/statuses/<int:pk>", f"{LEADS}/sources/<int:pk>"
STATUSES = [
    *bulk("statuses", "status", "status"),
    *merge("statuses", "leads.delete_status", "status"),
    *get(f"{LEADS}/statuses", "leads.view_status"),
    *arrange("statuses", "leads.status", "status"),
    *form(
        f"{LEADS}/statuses/new",
        "leads.add_status",
        data={"name": "Waiting", "kind": "contacted", "hue": "200"},
    ),
    *get(STATUS, "leads.view_status", of="status"),
    *form(
        f"{STATUS}/edit", "leads.change_status", of="status", data={"name": "Waiting", "kind": "contacted"}
    ),
    *form(f"{STATUS}/delete", "leads.delete_status", of="status", data={"successor": "{other_status}"}),
]
SOURCES = [
    *bulk("sources", "source", "source"),
    *merge("sources", "leads.delete_source", "source"),
    *get(f"{LEADS}/sources", "leads.view_source"),
    *arrange("sources", "leads.source", "source"),
    *form(f"{LEADS}/sources/new", "leads.add_source", data={"name": "Fair", "kind": "event", "hue": "200"}),
    *get(SOURCE, "leads.view_source", of="source"),
    *form(f"{SOURCE}/edit", "leads.change_source", of="source", data={"name": "Fair", "kind": "event"}),
    *form(f"{SOURCE}/delete", "leads.delete_source", of="source", data={"successor": "{other_source}"}),
    *post(f"{SOURCE}/costs", "leads.change_source", of="source", data={"month": "2026-05", "amount": "10"}),
    *form(f"{SOURCE}/costs/<int:cost>", "leads.change_source", of="cost", data={"amount": "12"}),
    *post(f"{SOURCE}/costs/<int:cost>/remove", "leads.change_source", of="cost"),
]
PIPELINE = f"{LEADS}/pipelines/<int:pk>"
PIPELINES = [
    *get(f"{LEADS}/pipelines", "leads.view_pipeline"),
    *post(f"{LEADS}/pipelines/order", "leads.change_pipeline", data={"up": "{pipeline}"}),
    *form(f"{LEADS}/pipelines/new", "leads.add_pipeline", data={"name": "Partners"}),
    *get(f"{LEADS}/pipelines/ready", "leads.change_pipeline"),
    *form(f"{LEADS}/pipelines/ready/<slug:name>", "leads.change_pipeline", fixed={"name": "agency"}),
    *form(PIPELINE, "leads.change_pipeline", of="pipeline", data={"name": "Partners"}),
    *form(f"{PIPELINE}/retire", "leads.delete_pipeline", CHANGES, of="pipeline"),
    *post(f"{PIPELINE}/activate", "leads.delete_pipeline", of="pipeline"),
]
RULE, RUN = "admin/rules/<int:pk>", "admin/rules/log/<int:pk>/undo"
NEW_RULE = {
    "name": "Partners",
    "ways": "api",
    "assigns_to": "in_turn",
    "department": "{department}",
    "otherwise": "next",
}
NEW_SCORE_RULE = {"name": "Romaniaqq", "counts": "fact", "points": "10", "conditions": "country=RO"}
RULES = [
    *get("admin/rules", "leads.view_assignmentrule"),
    *post("admin/rules/order", "leads.change_assignmentrule", data={"up": "{rule}"}),
    *form("admin/rules/new", "leads.add_assignmentrule", data=NEW_RULE),
    *get(f"{LEADS}/rule-conditions", "leads.add_assignmentrule", query="country=RO"),
    *get(f"{LEADS}/rule-conditions", "leads.change_assignmentrule", query="view={rule}"),
    *form(RULE, "leads.change_assignmentrule", of="rule", data=NEW_RULE),
    *form(f"{RULE}/delete", "leads.delete_assignmentrule", of="rule"),
    *get("admin/scores", "leads.view_scorerule"),
    *post("admin/scores/order", "leads.change_scorerule", data={"up": "{score rule}"}),
    *post("admin/scores/round", "leads.change_scorerule", data={"restart": "1"}),
    *form("admin/scores/new", "leads.add_scorerule", data=NEW_SCORE_RULE),
    *get(f"{LEADS}/score-conditions", "leads.add_scorerule", query="country=RO"),
    *get(f"{LEADS}/score-conditions", "leads.change_scorerule", query="view={score rule}"),
    *form("admin/scores/<int:pk>", "leads.change_scorerule", of="score rule", data=NEW_SCORE_RULE),
    *form("admin/scores/<int:pk>/delete", "leads.delete_scorerule", of="score rule"),
    *form("admin/scores/proposal", "leads.add_scorerule"),
    *post("admin/scores/proposal/add", "leads.add_scorerule", data={"fact": "0"}),
    *get("admin/rules/log", "leads.view_assignmentrule"),
    *form(RUN, "leads.view_assignmentrule", ASSIGNS, of="run"),
]
TEMPLATE = {"name": "Offerqq", "type": "note", "text": "textqq"}
TEMPLATES = [
    *get("admin/templates", SIGNED_IN),
    *form("admin/templates/new", SIGNED_IN, data=TEMPLATE),
    *form("admin/templates/<int:pk>", SIGNED_IN, of="template", changes=True, data=TEMPLATE),
    *post("admin/templates/<int:pk>/delete", SIGNED_IN, of="template", changes=True),
]
RATES = [
    *form(
        f"{LEADS}/rates", "leads.change_rate", data={"currency": "USD", "day": "2026-02-03", "rate": "0.9"}
    ),
    *form(f"{LEADS}/rates/<int:pk>", "leads.change_rate", of="rate", data={"rate": "0.8"}),
    *post(f"{LEADS}/rates/<int:pk>/remove", "leads.change_rate", of="rate"),
]
WEIGHTS = (
    *("contact_overdue", "task_overdue", "no_show", "contact_today", "task_today", "new", "stuck", "vip"),
    "score",
)
QUEUE = form(
    f"{LEADS}/queue/rules",
    "leads.change_queuerules",
    data=dict.fromkeys(WEIGHTS, "50") | {"hold_minutes": "20", "retry_days": "2"},
)
CONVERSION = form(f"{LEADS}/conversion/rules", "customers.change_conversionrules", data={"automatic": "on"})
TAG = f"{LEADS}/tags/<int:pk>"
TAGS = [
    *bulk("tags", "tag", "tag"),
    *get(f"{LEADS}/tags", "crm.view_tag"),
    *arrange("tags", "crm.tag", "tag"),
    *form(f"{LEADS}/tags/new", "crm.add_tag", data={"name": "cold"}),
    *form(TAG, "crm.change_tag", of="tag", data={"name": "cold"}),
    *merge("tags", "crm.delete_tag", "tag"),
]
REASON = f"{LEADS}/lost-reasons/<int:pk>"
REASONS = [
    *bulk("lost-reasons", "lostreason", "reason"),
    *merge("lost-reasons", "leads.change_lostreason", "reason"),
    *get(f"{LEADS}/lost-reasons", "leads.view_lostreason"),
    *arrange("lost-reasons", "leads.lostreason", "reason"),
    *form(f"{LEADS}/lost-reasons/new", "leads.add_lostreason", data={"name": "Too far"}),
    *form(REASON, "leads.change_lostreason", of="lost reason", data={"name": "Too far"}),
]
DEPARTMENT = "admin/departments/<int:pk>"
HOLIDAY = {"day": "2030-12-25", "name": "christmasqq", "department": "{department}"}
HOURS = {"opens_0": "09:00", "closes_0": "17:00"}
DEPARTMENTS = [
    *get("admin/settings", SIGNED_IN),
    *get("admin/settings", SIGNED_IN, query="q=zzzz"),
    *get("admin/calendar", "accounts.view_department"),
    *post("admin/calendar/holidays", "accounts.change_department", data=HOLIDAY),
    *post("admin/calendar/holidays/<int:pk>/delete", "accounts.change_department", of="holiday"),
    *form(f"{DEPARTMENT}/hours", "accounts.change_department", of="department", data=HOURS),
    *form("admin/company", "crm.change_companysettings", data={"name": "Fair", "version": "0"}),
    *post("admin/company/logo", "crm.change_companysettings"),
    *post("admin/company/logo/remove", "crm.change_companysettings"),
    *form("admin/setup", "crm.change_companysettings", data={"act": "skip", "step": "people"}),
    *form("admin/demo", "crm.change_companysettings"),
    *get("admin/departments", "accounts.view_department"),
    *form("admin/departments/new", "accounts.add_department", data={"name": "Support"}),
    *form(DEPARTMENT, "accounts.change_department", of="department", data={"name": "Support"}),
    *form(f"{DEPARTMENT}/retire", "accounts.delete_department", of="department"),
    *post(f"{DEPARTMENT}/restore", "accounts.delete_department", of="department"),
]
ROLE = "admin/roles/<int:pk>"
ROLES = [
    *get("admin/roles", "accounts.view_role"),
    *form("admin/roles/new", "accounts.add_role", data={"name": "Trainee", "copied": "{role}"}),
    *get(ROLE, "accounts.view_role", of="role"),
    *post(
        ROLE,
        "accounts.view_role",
        "accounts.change_role",
        of="any role",
        changes=True,
        data={"name": "Trainee", "rights": ["leads.view_lead"], "second_factor_days": "7"},
    ),
    *post(f"{ROLE}/retire", "accounts.delete_role", of="role", changes=True),
    *post(f"{ROLE}/restore", "accounts.delete_role", of="role", changes=True),
]

MAILBOXES = "admin/mailboxes"
MAILBOX = f"{MAILBOXES}/<int:pk>"
MAILBOX_CHANGE = "mailboxes.change_mailbox"
OF_MAILBOXES = [
    *get(MAILBOXES, "mailboxes.view_mailbox"),
    *form(f"{MAILBOXES}/new", "mailboxes.add_mailbox", data={"name": "Mailqq"}),
    *get(MAILBOX, "mailboxes.view_mailbox", of="mailbox"),
    *form(f"{MAILBOX}/edit", MAILBOX_CHANGE, of="mailbox", data={"name": "Mailqq"}),
    *post(f"{MAILBOX}/test", MAILBOX_CHANGE, of="mailbox"),
    *get(f"{MAILBOX}/connect", MAILBOX_CHANGE, of="mailbox"),
    *form(f"{MAILBOX}/remove", "mailboxes.delete_mailbox", of="mailbox"),
    *get(f"{MAILBOXES}/back", SIGNED_IN),
    *get("profile/mailbox", SIGNED_IN),
    *form("profile/mailbox/edit", SIGNED_IN, data={"address": "wrong"}),
    *get("profile/mailbox/connect", SIGNED_IN),
    *form("profile/mailbox/remove", SIGNED_IN),
    *post("profile/mailbox/emails/<int:pk>/private", SIGNED_IN, of="own email"),
    *get("profile/connected-calendar", SIGNED_IN),
    *form("profile/connected-calendar/edit", SIGNED_IN, data={"address": "wrong address"}),
    *form("profile/connected-calendar/choose", SIGNED_IN),
    *post("profile/connected-calendar/sync", SIGNED_IN),
    *get("profile/connected-calendar/connect/<slug:provider>", SIGNED_IN, fixed={"provider": "google"}),
    *get("profile/connected-calendar/back", SIGNED_IN),
    *form("profile/connected-calendar/remove", SIGNED_IN),
    *get(f"{MAILBOXES}/clients", MAILBOX_CHANGE),
    *form(f"{MAILBOXES}/clients/<slug:provider>", MAILBOX_CHANGE, fixed={"provider": "google"}),
]

SETTINGS = [
    *STATUSES,
    *SOURCES,
    *PIPELINES,
    *RULES,
    *TEMPLATES,
    *RATES,
    *QUEUE,
    *CONVERSION,
    *TAGS,
    *OF_MAILBOXES,
    *REASONS,
    *DEPARTMENTS,
    *ROLES,
]
