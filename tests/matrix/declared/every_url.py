"""Every URL of the product with its methods, its permissions, and what its IDs refer to; without product code."""

from tests.matrix.declared.automations import AUTOMATIONS
from tests.matrix.declared.customers import CUSTOMERS
from tests.matrix.declared.duplicates import DUPLICATES
from tests.matrix.declared.forms import BOOKINGS, FORMS
from tests.matrix.declared.goals import GOALS
from tests.matrix.declared.intake import INTAKE
from tests.matrix.declared.kinds import KINDS
from tests.matrix.declared.mailing_screens import MAILING_SCREENS
from tests.matrix.declared.mailings import MAILINGS
from tests.matrix.declared.people import PEOPLES
from tests.matrix.declared.privacy import PRIVACY
from tests.matrix.declared.reports import REPORTS
from tests.matrix.declared.schedules import SCHEDULES
from tests.matrix.declared.sending import SENDING
from tests.matrix.declared.sequences import SEQUENCES
from tests.matrix.declared.settings import SETTINGS
from tests.matrix.declared.start import OF_START
from tests.matrix.oracle import (
    ADDS,
    ANYBODY,
    APPROVES,
    CHANGES,
    EXPORTS,
    IMPORTS,
    SEES,
    SIGNED_IN,
    Row,
    form,
    get,
    post,
)

LEAD = "admin/leads/<int:pk>"
# Leads' URLs in addition to those of every kind of record.
OF_LEADS = [
    *get("admin/leads/stuck", SEES),
    *post("admin/leads/stuck", SEES, data={"action": "remind"}),
    *get("admin/leads/queue", SEES),
    *post("admin/leads/queue/claim", SEES, CHANGES),
    *post("admin/leads/queue/undo", SEES, CHANGES),
    *post("admin/leads/queue/skipped", SEES, CHANGES),
    # A lead that isn't theirs to work on is answered like one that has changed since it was shown.
    *post(
        "admin/leads/queue/<int:pk>/outcome",
        SEES,
        CHANGES,
        of="lead",
        data={"outcome": "reached", "seen": "0-0"},
    ),
    *post(
        "admin/leads/queue/<int:pk>/skip", SEES, CHANGES, of="lead", data={"reason": "later", "seen": "0-0"}
    ),
    *get(
        f"{LEAD}/convert",
        SEES,
        CHANGES,
        "customers.add_company",
        "customers.add_contact",
        of="lead",
        changes=True,
    ),
    *post(
        f"{LEAD}/convert",
        SEES,
        CHANGES,
        "customers.add_company",
        "customers.add_contact",
        of="lead",
        changes=True,
        data={"company": "none", "contact": "new"},
    ),
]

MACHINE = [
    *get("api/schema", ANYBODY),
    *get("api/docs", ANYBODY),
    *get("manifest.webmanifest", ANYBODY),
    *get("logo/<str:name>.webp", ANYBODY, fixed={"name": "{logo}"}),
    *get("service-worker.js", ANYBODY),
    *get("offline", ANYBODY),
    *get("", SIGNED_IN),
    *get("admin", SIGNED_IN),
    *get("admin/", SIGNED_IN),
    *get("admin/today", SIGNED_IN),
    *get("admin/today/deferred", SIGNED_IN),
    *get("admin/jump", SIGNED_IN, query="q=some"),
    *get("admin/tasks", SEES, query="user=all"),
    *get("admin/tasks", SEES, query="user=all&when=done"),
    *get("admin/tasks/calendar", SEES, query="user=all"),
    *get("admin/tasks/calendar", SEES, query="user=all&view=day"),
    *get("admin/tasks/calendar", SEES, query="user=all&view=month"),
    *get("admin/tasks/calendar/new", SEES, query="day=2031-03-05&time=10:00"),
    *post(
        "admin/tasks/calendar/new",
        SEES,
        data={"what": "task", "title": "taskqq", "day": "2031-03-05", "priority": "normal", "q": "zzzz"},
    ),
    *post(
        "admin/tasks/calendar/move",
        SEES,
        data={"entry": "task-{shared_task}", "day": "2031-03-05", "version": "1"},
    ),
    *get("admin/tasks/new", SEES, query="q=some"),
    *post(
        "admin/tasks/new", SEES, data={"title": "taskqq", "when": "today", "priority": "normal", "q": "zzzz"}
    ),
    *get("admin/tasks/export", EXPORTS, query="user=all"),
    *post("admin/tasks/export", EXPORTS, query="user=all", data={"format": "csv"}),
    *post("admin/tasks/change", SEES, data={"action": "tomorrow", "task": ["{task}", "{foreign_task}"]}),
    *get("admin/operations", SEES),
    *get("admin/operations/<int:pk>", SEES, of="operation"),
    *form("admin/operations/<int:pk>/undo", SEES, of="operation"),
    *get("admin/jobs", SIGNED_IN),
    *get("admin/jobs/<int:pk>", SIGNED_IN, of="job"),
    *post("admin/jobs/<int:pk>/cancel", SIGNED_IN, of="job"),
    *post("admin/jobs/<int:pk>/continue", SIGNED_IN, of="job"),
]

FILES = [
    *get("admin/imports", IMPORTS),
    *get("admin/imports/<int:pk>", SEES, ADDS, IMPORTS, of="import"),
    *form("admin/imports/<int:pk>/sheets", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/part", SEES, ADDS, IMPORTS, of="import", data={"part": "1"}),
    *form("admin/imports/<int:pk>/columns", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/read", SEES, ADDS, IMPORTS, of="import"),
    *form("admin/imports/<int:pk>/values", SEES, ADDS, IMPORTS, of="import"),
    *form("admin/imports/<int:pk>/plan", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/check", SEES, ADDS, IMPORTS, of="import"),
    *get("admin/imports/<int:pk>/left-out", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/stop", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/cancel", SEES, ADDS, IMPORTS, of="import"),
    *get("admin/exports", EXPORTS),
    *get("admin/exports/<int:pk>/file", EXPORTS, of="export"),
    *post("admin/exports/<int:pk>/fetch", SEES, EXPORTS, of="export"),
    *post("admin/exports/<int:pk>/decide", SEES, APPROVES, of="export", data={"answer": "approve"}),
]

DECLARED: list[Row] = [
    *KINDS,
    *CUSTOMERS,
    *OF_LEADS,
    *MACHINE,
    *FILES,
    *SETTINGS,
    *PEOPLES,
    *FORMS,
    *BOOKINGS,
    *INTAKE,
    *MAILING_SCREENS,
    *DUPLICATES,
    *PRIVACY,
    *REPORTS,
    *GOALS,
    *AUTOMATIONS,
    *SEQUENCES,
    *SCHEDULES,
    *OF_START,
    *MAILINGS,
    *SENDING,
]
