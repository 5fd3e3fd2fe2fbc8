"""What API v2 can do of what each screen does: its calls, or why it has none."""

from dataclasses import dataclass

# The record types, as in the URLs of screens and calls alike.
MANY = ("leads", "companies", "contacts", "deals", "requests")
# Those that are compared with each other.
COMPARED = ("leads", "contacts", "companies")


@dataclass(frozen=True)
class Family:
    """Screens with the same answer. `screens` are routes, in which {kind} is each record type and * anything that follows; the
    first family that has a screen answers for it. `calls` do the same in API v2, `reason` says why there is none, and a family
    with neither is still to come."""

    name: str
    screens: tuple[str, ...]
    calls: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_to_come(self) -> bool:
        return not self.calls and not self.reason


# Reasons that several families have.
OWN_WAY = "It arranges the screens of one person, and a program has no screens."
HELP = "It helps a person to fill in or read a page; a program sends and gets the values themselves."
SECURITY = "It decides who can sign in and how. A token that could change it would be as much as a password."
SERVER = "It is about the server and the company as a whole, which an administrator sets up once."
PREVIEWED = "It is set up step by step with previews and a trial, and a person confirms what it will do."
PUBLIC = "Recipients and visitors open it without an account."
OTHER_CALLS = "It is called by browsers, calendars and monitoring, each with its own protocol."

ONE, RECORD = "/<int:pk>", "api/v2/{kind}/<str:pk>"

FAMILIES = (
    # Records
    Family("Lists", ("admin/{kind}", "admin/{kind}/named"), ("GET api/v2/{kind}",)),
    Family(
        "New records",
        ("admin/{kind}/new", "admin/{kind}/import"),
        ("POST api/v2/{kind}",),
    ),
    Family("Records", (f"admin/{{kind}}{ONE}",), (f"GET {RECORD}", f"GET {RECORD}/history")),
    Family(
        "Editing records",
        tuple(
            f"admin/{{kind}}{ONE}/{name}" for name in ("edit", "inline/<slug:field>", "move", "fill-in", "take")
        ),
        (f"PATCH {RECORD}",),
    ),
    Family(
        "Boards",
        ("admin/{kind}/board/<int:pk>/move",),
        (f"PATCH {RECORD}",),
    ),
    Family("Columns of a board", ("admin/{kind}/board*",), reason=HELP),
    Family("Deleting records", (f"admin/{{kind}}{ONE}/delete",), (f"DELETE {RECORD}",)),
    Family("Bulk changes", ("admin/{kind}/bulk*",), ("POST api/v2/{kind}/bulk",)),
    Family("Files of fields", (f"admin/{{kind}}{ONE}/files/<slug:field>",), (f"GET {RECORD}/files/<slug:field>",)),
    Family("Exports", ("admin/{kind}/export*",), ("GET api/v2/{kind}", "GET api/v2/{kind}/changes")),
    Family("Trash", ("admin/{kind}/trash", f"admin/{{kind}}{ONE}/restore"), ("GET api/v2/{kind}/trash", f"POST {RECORD}/restore")),
    Family(
        "Deleting permanently",
        (f"admin/{{kind}}{ONE}/purge",),
        reason="Nothing undoes it, so a person has to read what is lost.",
    ),
    Family("Counting", ("admin/{kind}/count",), ("GET api/v2/{kind}/count",)),
    Family(
        "Filters and columns",
        (
            "admin/{kind}/filter*",
            "admin/{kind}/columns*",
            "admin/{kind}/import/template",
            f"admin/{{kind}}{ONE}/next",
            f"admin/{{kind}}{ONE}/previous",
            f"admin/{{kind}}{ONE}/mention",
            f"admin/{{kind}}{ONE}/files/<slug:field>/thumbnail",
            f"admin/{{kind}}{ONE}/activities/<int:activity>/files/<int:file>/thumbnail",
        ),
        reason=HELP,
    ),
    Family("Who can see a record", (f"admin/{{kind}}{ONE}/why",), (f"GET {RECORD}/visibility",)),
    Family("The view that opens first", (f"admin/{{kind}}/views{ONE}/start",), reason=OWN_WAY),
    Family("Saved views", ("admin/{kind}/views*",), ("GET api/v2/saved-views", "POST api/v2/saved-views", *(f"{method} api/v2/saved-views/<str:pk>" for method in ("GET", "PATCH", "DELETE")))),
    Family("Custom fields", ("admin/{kind}/fields",), ("GET api/v2/{one}-custom-fields",)),
    Family(
        "Built-in fields",
        ("admin/{kind}/fields/built-in*",),
        (
            "GET api/v2/{one}-built-in-fields",
            *(f"{method} api/v2/{{one}}-built-in-fields/<slug:name>" for method in ("GET", "PATCH")),
            "POST api/v2/{one}-built-in-fields/<slug:name>/reset",
        ),
    ),
    Family(
        "Changing custom fields",
        ("admin/{kind}/fields*",),
        (
            "POST api/v2/{one}-custom-fields",
            *(f"{method} api/v2/{{one}}-custom-fields/c<str:pk>" for method in ("GET", "PATCH", "DELETE")),
            *(f"POST api/v2/{{one}}-custom-fields/c<str:pk>/{name}" for name in ("move", "type")),
            *(f"{method} api/v2/{{one}}-custom-fields/c<str:pk>/choices/<str:key>" for method in ("PATCH", "DELETE")),
        ),
    ),
    # What belongs to a record
    Family("Activities", (f"admin/{{kind}}{ONE}/activities",), ("GET api/v2/activities", "POST api/v2/activities")),
    Family(
        "One activity",
        (
            f"admin/{{kind}}{ONE}/activities/<int:activity>",
            f"admin/{{kind}}{ONE}/activities/<int:activity>/delete",
        ),
        tuple(f"{method} api/v2/activities/<str:pk>" for method in ("GET", "PATCH", "DELETE")),
    ),
    Family("Meetings that no one came to", (f"admin/{{kind}}{ONE}/activities/<int:activity>/no-show",), ("PATCH api/v2/activities/<str:pk>",)),
    Family("What comes after a meeting", (f"admin/{{kind}}{ONE}/activities/<int:activity>/next",), ("PATCH api/v2/activities/<str:pk>", "POST api/v2/activities", "POST api/v2/tasks")),
    Family("Pinning activities", (f"admin/{{kind}}{ONE}/activities/<int:activity>/pin",), ("PATCH api/v2/activities/<str:pk>",)),
    Family("Moving activities", (f"admin/{{kind}}{ONE}/activities/<int:activity>/move",), ("POST api/v2/activities/<str:pk>/move",)),
    Family("Files of activities", (f"admin/{{kind}}{ONE}/activities/<int:activity>/files/<int:file>",), (f"GET {RECORD}/files", f"POST {RECORD}/files", "GET api/v2/files/<str:pk>")),
    Family("Emails", (f"admin/{{kind}}{ONE}/email",), (f"GET {RECORD}/emails", f"POST {RECORD}/emails", "GET api/v2/emails/<str:pk>")),
    Family("Drafts of emails", (f"admin/{{kind}}{ONE}/email/draft",), reason=OWN_WAY),
    Family("Sending emails again", (f"admin/{{kind}}{ONE}/activities/<int:activity>/send",), ("POST api/v2/activities/<str:pk>/send",)),
    Family(
        "Tasks",
        (f"admin/{{kind}}{ONE}/tasks*", f"admin/{{kind}}{ONE}/call_back", "admin/tasks/new", "admin/tasks/change", "admin/tasks/calendar/new", "admin/tasks/calendar/move"),
        (
            "GET api/v2/tasks",
            "POST api/v2/tasks",
            "GET api/v2/tasks/<str:pk>",
            "PATCH api/v2/tasks/<str:pk>",
            "DELETE api/v2/tasks/<str:pk>",
        ),
    ),
    Family("Tasks of everyone", ("admin/tasks", "admin/tasks/calendar", "admin/tasks/export"), ("GET api/v2/tasks", "GET api/v2/busy-times")),
    Family("Contacts of a company", (f"admin/companies{ONE}/people",), ("GET api/v2/contacts",)),
    Family("Deals of a contact", (f"admin/contacts{ONE}/deals",), ("GET api/v2/deals",)),
    Family(
        "Contacts of a deal",
        (f"admin/deals{ONE}/contacts*",),
        ("GET api/v2/deals/<str:pk>", "PATCH api/v2/deals/<str:pk>"),
    ),
    Family(
        "Employments",
        (f"admin/contacts{ONE}/employments*",),
        (
            *(f"{method} api/v2/contacts/<str:pk>/employments" for method in ("GET", "POST")),
            *(f"{method} api/v2/contacts/<str:pk>/employments/<str:employment>" for method in ("GET", "PATCH", "DELETE")),
        ),
    ),
    Family("Consents", (f"admin/leads{ONE}/consents", f"admin/contacts{ONE}/consents"), ("PATCH api/v2/leads/<str:pk>", "PATCH api/v2/contacts/<str:pk>")),
    Family("Purposes of consents", ("admin/consents*",), (*(f"{method} api/v2/consent-purposes" for method in ("GET", "POST")), *(f"{method} api/v2/consent-purposes/<str:pk>" for method in ("GET", "PATCH")), "PUT api/v2/consent-purposes/<str:pk>/text")),
    Family(
        "Records in sequences",
        tuple(f"admin/{many}{ONE}/sequence/{name}" for many in ("leads", "contacts") for name in ("start", "stop")),
        tuple(f"{method} api/v2/{many}/<str:pk>/sequence" for many in ("leads", "contacts") for method in ("POST", "DELETE")),
    ),
    Family("Emails of a sequence for one record", ("admin/*/sequence/emails/<str:key>",), reason=PREVIEWED),
    # What a record becomes
    Family("Converting leads", (f"admin/leads{ONE}/convert",), ("POST api/v2/leads/<str:pk>/convert",)),
    Family(
        "Requests becoming leads and deals",
        tuple(f"admin/requests{ONE}/{name}" for name in ("deal", "lead", "link/<slug:name>")),
        tuple(f"{method} api/v2/requests/<str:pk>/{name}" for method, name in (("POST", "make-lead"), ("POST", "make-deal"), ("GET", "links"), ("PATCH", "links"))),
    ),
    Family("Duplicates", ("admin/duplicates", "admin/duplicates/known/*"), ("GET api/v2/duplicates", *(f"GET api/v2/{many}/<str:pk>/duplicates" for many in COMPARED))),
    Family("Records that are different", ("admin/duplicates/different",), ("POST api/v2/duplicates/different",)),
    Family("Merging", ("admin/duplicates/merge/*",), tuple(f"POST api/v2/{many}/<str:pk>/merge" for many in COMPARED)),
    Family("Merging all exact duplicates", ("admin/duplicates/exact*", "admin/duplicates/scan"), reason=PREVIEWED),
    Family("Rules for duplicates", ("admin/duplicates/rules",), reason=SERVER),
    # Working with leads
    Family(
        "The queue",
        ("admin/leads/queue", "admin/leads/queue/*"),
        ("GET api/v2/queue", "GET api/v2/queue/<str:pk>", *(f"POST api/v2/queue/{name}" for name in ("<str:pk>/outcome", "<str:pk>/skip", "claim", "restore")), "POST api/v2/operations/<str:pk>/undo"),
    ),
    Family("Stuck leads", ("admin/leads/stuck",), ("GET api/v2/stuck-leads", "POST api/v2/stuck-leads/remind", "POST api/v2/leads/bulk")),
    Family(
        "Today",
        ("", "admin", "admin/", "admin/today*", "admin/jump", "language", "notices", "admin/setup"),
        reason=OWN_WAY,
    ),
    Family("Notifications", ("notifications*",), reason="It tells a person at a screen; a program gets webhooks."),
    Family("Operations", ("admin/operations", f"admin/operations{ONE}"), ("GET api/v2/operations", "GET api/v2/operations/<str:pk>")),
    Family("Undoing", (f"admin/operations{ONE}/undo",), ("POST api/v2/operations/<str:pk>/undo",)),
    Family("Jobs", ("admin/jobs", f"admin/jobs{ONE}"), ("GET api/v2/jobs/<str:pk>",)),
    Family("Canceling and continuing jobs", ("admin/jobs*",), ("POST api/v2/jobs/<str:pk>/cancel", "POST api/v2/jobs/<str:pk>/continue")),
    # Settings that records refer to
    Family("Lists of statuses, sources, tags", ("admin/leads/statuses", "admin/leads/sources", "admin/leads/tags", "admin/leads/lost-reasons", "admin/leads/pipelines"), tuple(f"GET api/v2/{name}" for name in ("statuses", "sources", "tags", "lost-reasons", "pipelines"))),
    Family("Exchange rates and costs of sources", ("admin/leads/rates*", f"admin/leads/sources{ONE}/costs*"), tuple(f"{method} api/v2/{path}" for first, path in (("GET POST", "exchange-rates"), ("PATCH DELETE", "exchange-rates/<str:pk>"), ("GET POST", "sources/<str:pk>/costs"), ("PATCH DELETE", "sources/<str:pk>/costs/<str:cost>")) for method in first.split())),
    Family("Ready-made pipelines", ("admin/leads/pipelines/ready*",), reason=PREVIEWED),
    Family(
        "Changing statuses, sources, tags",
        tuple(f"admin/leads/{name}/*" for name in ("statuses", "sources", "tags", "lost-reasons", "pipelines")),
        tuple(
            f"{method} api/v2/{name}{part}"
            for name, last in {"statuses": "merge", "deal-stages": "merge", "sources": "merge", "tags": "merge", "lost-reasons": "merge", "pipelines": "retire", "deal-pipelines": "activate"}.items()
            for method, part in (("POST", ""), ("GET", "/<str:pk>"), ("PATCH", "/<str:pk>"), ("POST", "/<str:pk>/move"), ("POST", f"/<str:pk>/{last}"))
        ) + tuple(f"DELETE api/v2/{name}/<str:pk>" for name in ("statuses", "deal-stages", "sources")),
    ),
    Family("Rules for leads", ("admin/rules*", "admin/scores*", "admin/leads/rule-conditions", "admin/leads/score-conditions", "admin/leads/conversion/rules"), reason=PREVIEWED),
    Family("Automations", ("admin/automations", f"admin/automations{ONE}", f"admin/automations{ONE}/switch"), ("GET api/v2/automations", "GET api/v2/automations/<str:pk>", "PUT api/v2/automations/<str:pk>", "GET api/v2/automations/<str:pk>/runs")),
    Family("Setting up automations", ("admin/automations*",), reason=PREVIEWED),
    Family("Sequences", ("admin/sequences", f"admin/sequences{ONE}", f"admin/sequences{ONE}/stop"), ("GET api/v2/sequences", "GET api/v2/sequences/<str:pk>", "GET api/v2/enrollments", "GET api/v2/enrollments/<str:pk>")),
    Family("Setting up sequences", ("admin/sequences*",), reason=PREVIEWED),
    Family("Templates of emails", ("admin/templates*",), ("GET api/v2/templates", "POST api/v2/templates", *(f"{method} api/v2/templates/<str:pk>" for method in ("GET", "PATCH", "DELETE")))),
    # Reports and mailings
    Family("Reports", ("admin/reports/<slug:name>", "admin/reports/<slug:name>/file", f"admin/reports/saved{ONE}", "admin/reports", "admin/reports/new", "admin/reports/new/file"), ("GET api/v2/reports", "GET api/v2/reports/<str:name>")),
    Family(
        "Dashboards and goals",
        ("admin/reports/dashboards", f"admin/reports/dashboards{ONE}", f"admin/reports/dashboards{ONE}/parts/<int:part>", "admin/reports/goals*"),
        (
            *(f"GET api/v2/dashboards{part}" for part in ("", "/<str:pk>", "/<str:pk>/parts/<str:part>")),
            *(f"{method} api/v2/goals" for method in ("GET", "POST")),
            "POST api/v2/goals/copy",
            *(f"{method} api/v2/goals/<str:pk>" for method in ("GET", "PATCH", "DELETE")),
        ),
    ),
    Family("Arranging and scheduling reports", ("admin/reports/*",), reason=OWN_WAY),
    Family("Mailings", ("admin/mailings", f"admin/mailings{ONE}", f"admin/mailings{ONE}/results", f"admin/mailings{ONE}/recipients", f"admin/mailings{ONE}/send", f"admin/mailings{ONE}/pause", f"admin/mailings{ONE}/resume", f"admin/mailings{ONE}/cancel"), ("GET api/v2/mailings", "GET api/v2/mailings/<str:pk>", "GET api/v2/mailings/<str:pk>/recipients", *(f"POST api/v2/mailings/<str:pk>/{name}" for name in ("send", "pause", "resume", "cancel")))),
    Family("Mailing lists and opt-outs", ("admin/mailings/lists*", "admin/mailings/suppressed*"), (*(f"{method} api/v2/{name}" for name in ("mailing-lists", "suppressed-addresses") for method in ("GET", "POST")), "GET api/v2/mailing-lists/<str:pk>", "PATCH api/v2/mailing-lists/<str:pk>", "DELETE api/v2/suppressed-addresses/<str:pk>")),
    Family("Drafts of mailings", ("admin/mailings/new", *(f"admin/mailings{ONE}/{name}" for name in ("edit", "content", "delete"))), ("POST api/v2/mailings", "PATCH api/v2/mailings/<str:pk>", "PATCH api/v2/mailings/<str:pk>/content", "DELETE api/v2/mailings/<str:pk>")),
    Family("Writing mailings", ("admin/mailings*",), reason=PREVIEWED),
    # How records come in and go out
    Family("Imports", ("admin/imports*",), reason=PREVIEWED),
    Family("Files of exports", ("admin/exports*",), ("GET api/v2/leads",)),
    Family("Web forms", ("admin/forms*",), reason=PREVIEWED),
    Family("Booking pages", ("admin/booking-pages", "book/<slug:slug>*"), ("GET api/v2/booking-pages", "GET api/v2/booking-pages/<str:pk>", "GET api/v2/booking-pages/<str:pk>/times", "GET api/v2/bookings", "POST api/v2/bookings", *(f"{method} api/v2/bookings/<str:pk>" for method in ("GET", "PATCH", "DELETE")))),
    Family("Setting up booking pages", ("admin/booking-pages*",), reason=PREVIEWED),
    Family("Incoming webhooks", ("admin/api/incoming*",), reason=PREVIEWED),
    Family("Webhooks", ("admin/api/webhooks", "admin/api/webhooks/new", f"admin/api/webhooks{ONE}", f"admin/api/webhooks{ONE}/edit", f"admin/api/webhooks{ONE}/remove"), ("GET api/v2/webhooks", "POST api/v2/webhooks", "GET api/v2/webhooks/<str:pk>", "PUT api/v2/webhooks/<str:pk>", "DELETE api/v2/webhooks/<str:pk>", "GET api/v2/webhooks/<str:pk>/deliveries")),
    Family("Sending to webhooks", ("admin/api/webhooks/*/try", "admin/api/webhooks/*/again", "admin/api/webhooks/*/replay"), ("POST api/v2/webhooks/<str:pk>/test", "POST api/v2/webhooks/<str:pk>/resend", "POST api/v2/webhooks/<str:pk>/replay")),
    Family("Secrets of webhooks", ("admin/api/webhooks*",), reason=SECURITY),
    # People
    Family("People", ("admin/users", f"admin/users{ONE}", "admin/departments", f"admin/departments{ONE}"), ("GET api/v2/users", "GET api/v2/departments")),
    Family(
        "Working time and absence",
        (f"admin/departments{ONE}/hours", f"admin/users{ONE}/absences*", "admin/calendar*"),
        (
            *(f"{method} api/v2/departments/<str:pk>/hours" for method in ("GET", "PUT")),
            *(f"{method} api/v2/holidays" for method in ("GET", "POST")),
            "DELETE api/v2/holidays/<str:pk>",
            *(f"{method} api/v2/users/<str:pk>/absences" for method in ("GET", "POST")),
            "DELETE api/v2/users/<str:pk>/absences/<str:absence>",
        ),
    ),
    Family("Setting up people", ("admin/users*", "admin/departments*"), reason="Programs manage people by SCIM."),
    Family("Roles", ("admin/roles*",), reason=SECURITY),
    Family("Own profile", ("profile", "profile/calendar*"), ("GET api/v2/me",)),
    Family("Sign-in", ("profile/*", "oauth/*", ".well-known/oauth-*", "login*", "logout", "password/*", "confirm", "confirm/*", "admin/sign-on*", "admin/api/api_management*", "admin/viewing/stop"), reason=SECURITY),
    Family("Mailboxes", ("admin/mailboxes*",), reason=SECURITY),
    # The installation
    Family("The company", ("admin/settings", "admin/company*", "admin/backups*", "admin/demo", "admin/audit*"), reason=SERVER),
    Family("Privacy", ("admin/privacy*",), reason="The person who is responsible for privacy decides and confirms it."),
    Family("Pages for recipients", ("forms/*", "m/*", "u/*"), reason=PUBLIC),
    Family("For other programs", ("hooks/*", "calendar/*", "healthz", "readyz", "manifest.webmanifest", "service-worker.js", "offline", "logo/*"), reason=OTHER_CALLS),
)  # fmt: skip
