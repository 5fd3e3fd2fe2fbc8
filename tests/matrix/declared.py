"""Every address of the product with its methods, the rights it asks for and what its numbers are. No product code."""

from tests.matrix.declared_people import PEOPLES
from tests.matrix.declared_settings import SETTINGS
from tests.matrix.oracle import (
    ADDS,
    ANYBODY,
    APPROVES,
    ASSIGNS,
    BINS,
    BULK,
    CHANGES,
    EXPORTS,
    IMPORTS,
    PURGES,
    SEES,
    SIGNED_IN,
    TAKES,
    Row,
    form,
    get,
    post,
)

LEAD = "admin/leads/<int:pk>"
NEW_LEAD = {
    "last_name": "Novák",
    "email": "new@example.com",
    "status": "{status}",
    "source": "{source}",
    "department": "{department}",
    "currency": "EUR",
}

LISTS = [
    *get("admin/leads", SEES),
    *get("admin/leads/count", SEES),
    *get("admin/leads/filter", SEES),
    *form("admin/leads/columns", SEES, data={"column": ["name", "email"], "place_name": "2"}),
    *get("admin/leads/jump", SEES, query="q=some"),
    *get("admin/leads/bin", SEES, BINS),
    *get("admin/leads/views", SEES),
    *form("admin/leads/views/new", SEES, data={"name": "Mine", "audience": ""}),
    *form("admin/leads/views/<int:pk>", SEES, of="own view", data={"name": "Mine", "audience": ""}),
    *form("admin/leads/views/<int:pk>/remove", SEES, of="own view"),
    *post("admin/leads/views/<int:pk>/start", SEES, of="view"),
]


def bulk(name: str, *rights: str, **data) -> list[Row]:
    """One action of many at once, on a set that the person has frozen."""
    values = {"of": "set", "fixed": {"name": name}, "data": data}
    return form("admin/leads/bulk/<int:pk>/<slug:name>", SEES, BULK, *rights, **values)


MANY = [
    *post("admin/leads/bulk", SEES, EXPORTS, data={"action": "export", "all": "1"}),
    *post("admin/leads/bulk", SEES, BULK, CHANGES, data={"action": "vip", "all": "1"}, query="vip=no"),
    *bulk("status", CHANGES, status="{status}"),
    *bulk("assign", ASSIGNS, owner="{colleague}"),
    *bulk("vip", CHANGES),
    *bulk("unvip", CHANGES),
    *bulk("department", ASSIGNS, department="{department}"),
    *bulk("source", CHANGES, source="{source}"),
    *bulk("country", CHANGES, country="RO"),
    *bulk("tag", CHANGES, tags=["{tag}"]),
    *bulk("untag", CHANGES, tags=["{tag}"]),
    *bulk("next-action", CHANGES, text="Call", day="2030-01-02"),
    *bulk("pipeline", CHANGES, pipeline="{pipeline}"),
    *bulk("share", CHANGES),
    *bulk("unshare", CHANGES),
    *bulk("bin", BINS),
    *bulk("restore", BINS),
    *bulk("purge", PURGES),
]


def inline(field: str, *rights: str, **data) -> list[Row]:
    values = {"of": "lead", "changes": True, "fixed": {"field": field}, "data": data}
    return form(f"{LEAD}/inline/<slug:field>", SEES, CHANGES, *rights, **values)


ONE = [
    *form("admin/leads/new", SEES, ADDS, data=NEW_LEAD),
    *get("admin/leads/known", SEES, ADDS, query="company=some"),
    *get(LEAD, SEES, of="lead"),
    *form(f"{LEAD}/edit", SEES, CHANGES, of="lead", changes=True, data=NEW_LEAD),
    *inline("status", status="{status}"),
    *inline("owner", ASSIGNS, owner="none"),
    *inline("vip"),
    *inline("next_action", text="Call"),
    *get(f"{LEAD}/next", SEES, of="lead"),
    *get(f"{LEAD}/previous", SEES, of="lead"),
    *get(f"{LEAD}/why", SEES, of="lead"),
    *get(f"{LEAD}/move", SEES, CHANGES, of="lead", changes=True, query="status={status}"),
    *post(f"{LEAD}/move", SEES, CHANGES, of="lead", changes=True, data={"status": "{status}"}),
    *post(f"{LEAD}/take", SEES, TAKES, of="lead"),
    *post(f"{LEAD}/bin", SEES, BINS, of="lead", changes=True),
    *post(f"{LEAD}/restore", SEES, BINS, of="binned lead", changes=True),
    *post(f"{LEAD}/purge", SEES, PURGES, of="binned lead", changes=True),
]

MACHINE = [
    *get("api/schema", ANYBODY),
    *get("api/docs", ANYBODY),
    *get("", SIGNED_IN),
    *get("admin/operations", SEES),
    *get("admin/operations/<int:pk>", SEES, of="operation"),
    *form("admin/operations/<int:pk>/undo", SEES, of="operation"),
    *get("admin/jobs", SIGNED_IN),
    *get("admin/jobs/<int:pk>", SIGNED_IN, of="job"),
    *post("admin/jobs/<int:pk>/cancel", SIGNED_IN, of="job"),
]

FILES = [
    *get("admin/imports", IMPORTS),
    *form("admin/imports/new", SEES, ADDS, IMPORTS),
    *get("admin/imports/template", SEES, ADDS, IMPORTS),
    *get("admin/imports/<int:pk>", SEES, ADDS, IMPORTS, of="import"),
    *form("admin/imports/<int:pk>/columns", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/read", SEES, ADDS, IMPORTS, of="import"),
    *form("admin/imports/<int:pk>/values", SEES, ADDS, IMPORTS, of="import"),
    *form("admin/imports/<int:pk>/plan", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/check", SEES, ADDS, IMPORTS, of="import"),
    *get("admin/imports/<int:pk>/left-out", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/stop", SEES, ADDS, IMPORTS, of="import"),
    *post("admin/imports/<int:pk>/cancel", SEES, ADDS, IMPORTS, of="import"),
    *get("admin/exports", EXPORTS),
    *get("admin/exports/new", SEES, EXPORTS),
    *post("admin/exports/write", SEES, EXPORTS, data={"columns": "all", "format": "csv"}),
    *get("admin/exports/<int:pk>/file", EXPORTS, of="export"),
    *post("admin/exports/<int:pk>/fetch", SEES, EXPORTS, of="export"),
    *post("admin/exports/<int:pk>/decide", SEES, APPROVES, of="export", data={"answer": "approve"}),
]

DECLARED: list[Row] = [*LISTS, *MANY, *ONE, *MACHINE, *FILES, *SETTINGS, *PEOPLES]
