"""The types of records and what the commands know of each. All commands are made from this table."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column of the table on screen: its fields, of which those that aren't empty are shown. `names` are shown in place of
    ids. Columns with a higher rank are left away first on a narrow screen."""

    heading: str
    fields: tuple[str, ...]
    rank: int = 0


@dataclass(frozen=True)
class Kind:
    """`links` are the fields whose names Leadwell adds (expand). `tables` are the lists of other fields, by which names become
    ids. A belonging has neither history nor bulk changes nor batches: an activity or a task."""

    many: str
    one: str
    columns: tuple[Column, ...]
    links: tuple[str, ...] = ()
    tables: dict[str, str] = field(default_factory=dict)
    booleans: frozenset[str] = frozenset({"shared"})
    belonging: bool = False
    match: str = ""

    @property
    def custom_fields(self) -> str:
        """The call that lists its custom fields."""
        return f"{self.one}-custom-fields"


ID = Column("ID", ("id",))
CREATED = Column("Created", ("created_at",), rank=3)
OWNER = Column("Owner", ("owner",), rank=2)
NAME = Column("Name", ("first_name", "last_name"))
PEOPLE = {"owner": "users", "created_by": "users", "department": "departments", "tags": "tags"}

KINDS = (
    Kind(
        "leads",
        "lead",
        (
            ID,
            NAME,
            Column("Company", ("company",), rank=1),
            Column("Email", ("email",), rank=1),
            Column("Status", ("status",)),
            OWNER,
            Column("Source", ("source",), rank=4),
            CREATED,
        ),
        ("status", "lost_reason", "source", "owner", "department", "client", "client_contact"),
        {
            **PEOPLE,
            "status": "statuses",
            "source": "sources",
            "lost_reason": "lost-reasons",
            "reason": "lost-reasons",
            "pipeline": "pipelines",
        },
        frozenset({"shared", "vip"}),
        match="email",
    ),
    Kind(
        "companies",
        "company",
        (
            ID,
            Column("Name", ("name",)),
            Column("Domain", ("domain",), rank=1),
            Column("City", ("city",), rank=2),
            Column("Country", ("country",), rank=3),
            OWNER,
            CREATED,
        ),
        ("parent", "owner", "department"),
        PEOPLE,
        match="domain",
    ),
    Kind(
        "contacts",
        "contact",
        (
            ID,
            NAME,
            Column("Company", ("company",), rank=1),
            Column("Email", ("email",)),
            Column("Phone", ("phone", "mobile"), rank=4),
            OWNER,
            CREATED,
        ),
        ("company", "owner", "department"),
        PEOPLE,
        match="email",
    ),
    Kind(
        "deals",
        "deal",
        (
            ID,
            Column("Name", ("name",)),
            Column("Company", ("company",), rank=1),
            Column("Value", ("value", "currency")),
            Column("Stage", ("status",)),
            Column("Close", ("expected_close",), rank=2),
            OWNER,
        ),
        ("company", "contact", "lead", "status", "lost_reason", "owner", "department"),
        {
            **PEOPLE,
            "status": "deal-stages",
            "lost_reason": "lost-reasons",
            "reason": "lost-reasons",
            "pipeline": "deal-pipelines",
        },
    ),
    Kind(
        "requests",
        "request",
        (
            ID,
            Column("Subject", ("subject",)),
            Column("From", ("email", "phone"), rank=1),
            Column("State", ("state",)),
            Column("Channel", ("channel",), rank=4),
            OWNER,
            Column("Received", ("received_at",), rank=3),
        ),
        ("lead", "company", "contact", "deal", "owner", "department"),
        PEOPLE,
    ),
    Kind(
        "tasks",
        "task",
        (
            ID,
            Column("Task", ("title",)),
            Column("Type", ("type",), rank=2),
            Column("Due", ("due_on", "due_time")),
            Column("For", ("user",), rank=1),
            Column("Record", ("of", "record")),
            Column("Done", ("done",), rank=1),
        ),
        tables={"user": "users"},
        booleans=frozenset({"done"}),
        belonging=True,
    ),
    Kind(
        "activities",
        "activity",
        (
            ID,
            Column("At", ("at",), rank=1),
            Column("Type", ("type",)),
            Column("Outcome", ("outcome",), rank=2),
            Column("Record", ("of", "record")),
            Column("By", ("user",), rank=3),
            Column("Text", ("text",)),
        ),
        tables={"user": "users"},
        booleans=frozenset({"pinned"}),
        belonging=True,
    ),
)
