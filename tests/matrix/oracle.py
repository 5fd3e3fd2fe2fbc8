"""Who may do what, according to the design: the matrix compares the product with this, so nothing here comes from it.

People are roles, each played by one person in the Sales department. Three of them aren't shipped: the deputy has every
permission but sees only their own departments, the reader can only view, the stranger has no role at all.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rights:
    """The permissions on one kind of record, by what they allow."""

    app: str
    model: str

    def __getattr__(self, action: str) -> str:
        if action.startswith("_"):
            raise AttributeError(action)
        return f"{self.app}.{action}_{self.model}"


ON_LEADS, ON_COMPANIES = Rights("leads", "lead"), Rights("customers", "company")
ON_CONTACTS, ON_DEALS = Rights("customers", "contact"), Rights("customers", "deal")
ON_REQUESTS = Rights("customers", "request")
EACH = (ON_LEADS, ON_COMPANIES, ON_CONTACTS, ON_DEALS, ON_REQUESTS)
ON_RECORDS = {rights.model: rights for rights in EACH}
SEES, ADDS, CHANGES, BINS = ON_LEADS.view, ON_LEADS.add, ON_LEADS.change, ON_LEADS.delete
TAKES, ASSIGNS, BULK = ON_LEADS.take, ON_LEADS.assign, ON_LEADS.bulk
EXPORTS, IMPORTS, PURGES = ON_LEADS.export, getattr(ON_LEADS, "import"), ON_LEADS.purge
APPROVES = "crm.approve_export"
# To change the activities of others; authors change their own.
ACTIVITIES_OF_OTHERS = "crm.change_activity"


def on_all(*actions: str) -> set[str]:
    return {getattr(rights, action) for rights in ON_RECORDS.values() for action in actions}


OPERATOR = on_all("view", "add", "change", "delete", "bulk", "export")
RULES = {f"leads.{act}_assignmentrule" for act in ("view", "add", "change", "delete")}
RULES |= {f"leads.{act}_scorerule" for act in ("view", "add", "change", "delete")}
RULES |= {f"automations.{act}_automation" for act in ("view", "add", "change", "delete")}
RULES |= {f"sequences.{act}_sequence" for act in ("view", "add", "change", "delete")}
ON_MAILINGS = {f"mailings.{action}_mailing" for action in ("view", "add", "change", "delete", "send")}
ON_MAILINGS |= {"mailings.view_suppression", "mailings.add_suppression", "reports.view_report"}
ON_GOALS = {f"reports.{action}_goal" for action in ("add", "change", "delete")} | {"duplicates.view_likeness"}
MANAGER = OPERATOR | on_all("assign", "import", "take") | {ACTIVITIES_OF_OTHERS} | ON_MAILINGS | ON_GOALS
MANAGER |= {"assistants.connect_assistant"}
RIGHTS = {
    "anonymous": set(),
    "stranger": set(),
    "reader": {SEES},
    "rep": on_all("view", "add", "change", "take"),
    "operator": OPERATOR,
    "manager": MANAGER,
    "super": OPERATOR | on_all("assign"),
    "company": MANAGER | RULES | {"leads.view_source"},
}
# These two have every permission.
ALL_RIGHTS = {"deputy", "administrator"}
ANYBODY, SIGNED_IN, ADMINISTRATOR = "anybody", "signed in", "the administrator"

SCOPES = {
    "reader": "departments",
    "rep": "unassigned",
    "operator": "departments",
    "manager": "departments",
    "deputy": "departments",
    "super": "all",
    "company": "all",
    "administrator": "all",
}
PEOPLE = ["anonymous", "stranger", "reader", "rep", "operator", "manager", "deputy", "super", "company"]
PEOPLE += ["administrator"]

# The things to try for each kind: "foreign" ones belong to another department and its people.
OWN_THINGS = (
    *(f"own {kind}view" for kind in ("", "company ", "contact ", "deal ", "request ")),
    "job",
    "set",
    "company set",
    "contact set",
    "deal set",
    "request set",
    "import",
    "export",
    "notification",
    "device",
    "passkey",
    "own email",
    "webhook",
    "own assistant",
    "own session",
    "own report",
    "own dashboard",
    "own dashboard part",
    "schedule",
    "merge plan",
)
SAVED = [f"{own}{kind}" for kind in ("report", "dashboard", "dashboard part") for own in ("", "own ")]
LEADS = ["own", "colleagues", "unassigned", "shared", "foreign"]
# Each kind of record, and what belongs to one.
OF_RECORDS = [
    form.format(name)
    for name in ON_RECORDS
    for form in ("{}", "binned {}", "{} activity", "{} file", "{} task")
]
FIELDS = [f"{name} field{more}" for name in ON_RECORDS for more in ("", " with choices")]
OF_SETTINGS = (
    "status",
    "stage",
    "source",
    "tag",
    "lost reason",
    "pipeline",
    "extensions",
    "rate",
    "provider",
    "mailbox",
)
OF_SETTINGS += ("open provider", "rule", "mailing template", "mailing list", "suppression", *FIELDS)
OF_SETTINGS += ("stop word", "consent purpose", "retention rule", "automation", "sequence", "score rule")
OF_DEPARTMENTS = ("web form", "web submission", "booking page", "mailing file", "mailing")
THINGS = {
    **dict.fromkeys(OF_RECORDS, LEADS),
    "lead note": LEADS,
    **dict.fromkeys(("contact employment", "deal person"), LEADS),
    # By its own ID alone.
    "one lead task": LEADS,
    "lead enrollment": LEADS,
    "operation": ["own", "colleagues", "foreign"],
    "user": ["self", "colleague", "stronger", "foreign"],
    "other user": ["colleague", "stronger", "foreign"],
    "token": ["self", "colleague", "stronger", "foreign"],
    "assistant": ["self", "colleague", "stronger", "foreign"],
    "webhook of people": ["self", "colleague", "stronger", "foreign"],
    "inspected user": ["colleague", "foreign"],
    "session": ["self", "colleague", "stronger", "foreign"],
    "absent user": ["self", "colleague", "stronger", "foreign"],
    "absence": ["self", "colleague", "stronger", "foreign"],
    "identity": ["self", "colleague", "stronger", "foreign"],
    "holiday": ["own", "company", "foreign"],
    **{key: ["own", "foreign"] for key in ("department", "incoming", "incoming call")},
    **{key: ["own", "shared", "colleagues", "foreign"] for key in ("template", *SAVED)},
    **{key: ["own", "foreign"] for key in OF_DEPARTMENTS},
    # Of a colleague, for a lead of theirs.
    "booking": ["colleagues", "foreign"],
    "role": ["plain", "company", "administrator"],
    "any role": ["plain", "company", "administrator"],
    **{
        name: ["own", "shared", "colleagues", "foreign"]
        for own in ("own ", "")
        for name in (f"{own}{kind}view" for kind in ("", "company ", "contact ", "deal ", "request "))
    },
    "cost": ["any", "elsewhere"],
    **{
        name: ["own", "colleagues", "foreign"]
        for name in (
            "job",
            "export",
            "notification",
            "device",
            "passkey",
            "own email",
            "webhook",
            "own assistant",
            "own session",
            "schedule",
        )
    },
    # Only their own person sees any of these; they have the most URLs, so two must suffice.
    **{
        name: ["own", "foreign"]
        for name in ("set", "company set", "contact set", "deal set", "request set", "import", "merge plan")
    },
    **{name: ["any"] for name in OF_SETTINGS},
    **{key: ["own", "colleagues", "foreign"] for key in ("run", "goal")},
}
UNKNOWN = "unknown"

NEAR = {"own", "colleagues", "unassigned"}
# kind -> scope -> what is seen; "" is the default for all other scopes.
SEEN: dict[str, dict[str, set[str]]] = {
    "lead": {
        "unassigned": {"own", "unassigned", "shared"},
        "departments": NEAR | {"shared"},
        "all": set(LEADS),
    },
    "operation": {"departments": {"own", "colleagues"}, "all": set(THINGS["operation"]), "": {"own"}},
    "user": {"all": set(THINGS["user"]), "": {"self", "colleague", "stronger"}},
    **{key: {"all": {"own", "foreign"}, "": {"own"}} for key in ("department", "incoming", "incoming call")},
    "holiday": {"all": set(THINGS["holiday"]), "": {"own"}},
    "role": {"": set(THINGS["role"])},
    "any role": {"": set(THINGS["role"])},
    "inspected user": {"": {"colleague"}},
    **{key: {"": {"own", "shared"}} for key in ("view", "report", "dashboard", "dashboard part")},
    "template": {"": {"own", "shared"}},
    **{key: {"all": {"own", "foreign"}, "": {"own"}} for key in OF_DEPARTMENTS},
    "booking": {"departments": {"colleagues"}, "all": {"colleagues", "foreign"}, "": set()},
    "company view": {"": {"own", "shared"}},
    "contact view": {"": {"own", "shared"}},
    "deal view": {"": {"own", "shared"}},
    "request view": {"": {"own", "shared"}},
    **{name: {"": {"own"}} for name in OWN_THINGS},
    **{name: {"": {"any"}} for name in (*OF_SETTINGS, "cost")},
}
SEEN["run"] = SEEN["operation"]
SEEN["goal"] = {"departments": {"own", "colleagues"}, "all": set(THINGS["goal"]), "": set()}
# Changeable things are visible; things that are only visible are denied.
CHANGED: dict[str, dict[str, set[str]]] = {
    "lead": {"unassigned": {"own"}, "departments": NEAR, "all": set(LEADS)},
    "user": {"all": set(THINGS["user"]), "": {"self", "colleague"}},
    "role": {"all": {"plain", "company"}, "": {"plain"}},
    # Two-step verification is required of administrators too, by administrators.
    "any role": {"all": set(THINGS["role"]), "": {"plain"}},
    "template": {"": {"own", "shared"}},
    "booking": {"departments": {"colleagues"}, "all": {"colleagues", "foreign"}, "": set()},
}
for name, of in [
    *((name, "lead") for name in (*OF_RECORDS, "deal person")),
    ("lead note", "lead"),
    ("one lead task", "lead"),
    ("lead enrollment", "lead"),
    ("contact employment", "lead"),
    ("other user", "user"),
    ("token", "user"),
    ("assistant", "user"),
    ("webhook of people", "user"),
    ("absent user", "user"),
    ("absence", "user"),
    ("session", "user"),
    ("identity", "user"),
]:
    SEEN[name], CHANGED[name] = SEEN[of], CHANGED[of]
# What else is needed for things that aren't one's own.
FOR_OTHERS = dict.fromkeys(
    (*(f"{name} activity" for name in ON_RECORDS), "lead note", "booking"), ACTIVITIES_OF_OTHERS
)
# Users may change the tasks that are for them without the permission to change the record.
FOR_OTHERS |= {f"{name} task": rights.change for name, rights in ON_RECORDS.items()}
FOR_OTHERS |= {"one lead task": ON_LEADS.change}
# Shared templates.
FOR_OTHERS |= {"template": "crm.change_template"}
# Users enter their own absences.
FOR_OTHERS |= dict.fromkeys(("absent user", "absence"), "accounts.change_user")
EVERY_JOB = {"job"}  # the administrator sees everyone's jobs


@dataclass(frozen=True)
class Row:
    """One method of one URL: its permissions, what its IDs refer to, and what is sent.

    `changes` means that the person must be allowed to change the thing; `fixed` are its other parts. In `data` and
    `query`, a word in braces is replaced by an ID. `answers` are the status codes for allowed requests. `writes` are the
    tables that even a GET writes.
    """

    method: str
    path: str
    rights: tuple[str, ...]
    of: str = ""
    changes: bool = False
    data: dict = field(default_factory=dict)
    query: str = ""
    fixed: dict = field(default_factory=dict)
    answers: tuple[int, ...] = ()
    writes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        parts = [self.method, self.path, *self.fixed.values(), self.query]
        return " ".join(part for part in parts if part)

    @property
    def accepted(self) -> tuple[int, ...]:
        return self.answers or ((200, 302) if self.method == "GET" else (200, 302, 303, 409, 422))


def get(path: str, *rights: str, **values) -> list[Row]:
    return [Row("GET", path, rights, **values)]


def post(path: str, *rights: str, **values) -> list[Row]:
    return [Row("POST", path, rights, **values)]


def form(path: str, *rights: str, **values) -> list[Row]:
    """A page with a form that is submitted to its own URL."""
    return get(path, *rights, **{**values, "data": {}}) + post(path, *rights, **values)


def holds(person: str, right: str) -> bool:
    if right == ANYBODY:
        return True
    if right == SIGNED_IN:
        return person != "anonymous"
    if right == ADMINISTRATOR:
        return person == "administrator"
    return person in ALL_RIGHTS or right in RIGHTS[person]


def among(table: dict[str, dict[str, set[str]]], person: str, kind: str) -> set[str]:
    if kind in EVERY_JOB and person == "administrator":
        return set(THINGS[kind])
    by_scope = table[kind]
    return by_scope.get(SCOPES.get(person, ""), by_scope.get("", set()))


def changeable(person: str, kind: str, thing: str) -> bool:
    """Whether the person may change the thing, if they have the permissions."""
    others = thing in ("own", "self") or kind not in FOR_OTHERS or holds(person, FOR_OTHERS[kind])
    return others and thing in among(CHANGED, person, kind)


def expected(row: Row, person: str, thing: str = "") -> str:
    """ "sign in", "forbidden", "not found", "denied" (one of both) or "answer"."""
    if person == "anonymous" and ANYBODY not in row.rights:
        return "sign in"
    may = all(holds(person, right) for right in row.rights)
    sees = not row.of or thing in among(SEEN, person, row.of)
    if not sees:
        return "not found" if may else "denied"
    if not may or (row.changes and not changeable(person, row.of, thing)):
        return "forbidden"
    return "answer"
