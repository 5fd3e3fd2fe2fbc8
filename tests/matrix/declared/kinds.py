"""The URLs of every kind of record, for each kind with its permissions, bulk actions, and fields edited in place."""

from tests.matrix.oracle import (
    ON_LEADS,
    Rights,
    Row,
    form,
    get,
    post,
)


def bulk_of(path: str, rights: Rights, things: str, name: str, *needed: str, **data) -> list[Row]:
    """One bulk action, on a set that the person has frozen."""
    values = {"of": things, "fixed": {"name": name}, "data": data}
    return form(f"{path}/bulk/<int:pk>/<slug:name>", rights.view, rights.bulk, *needed, **values)


def inline_of(path: str, rights: Rights, thing: str, field: str, *needed: str, **data) -> list[Row]:
    values = {"of": thing, "changes": True, "fixed": {"field": field}, "data": data}
    return form(f"{path}/<int:pk>/inline/<slug:field>", rights.view, rights.change, *needed, **values)


def fields_of(path: str, thing: str, rights: Rights) -> list[Row]:
    """The fields of the kind, in Settings."""
    built_in = "description" if thing.startswith("deal") else "phone"
    section = "stand" if thing.startswith("deal") else "what" if thing.startswith("company") else "who"
    own = {"label": f"a-qq-{built_in}", "section": section}
    choice = f"{thing} with choices"
    new = {"name": "a-qq-course", "type": "text", "decimals": "0"}
    return [
        *get(path, "crm.view_customfield"),
        *form(f"{path}/new", "crm.add_customfield", data=new),
        *post(f"{path}/order", "crm.change_customfield", data={"up": f"c{{{thing.replace(' ', '_')}}}"}),
        *form(f"{path}/built-in/<slug:name>", "crm.change_customfield", fixed={"name": built_in}, data=own),
        *post(f"{path}/built-in/<slug:name>/reset", "crm.change_customfield", fixed={"name": built_in}),
        *form(f"{path}/<int:pk>", "crm.change_customfield", of=thing, data=new),
        *form(f"{path}/<int:pk>/type", "crm.change_customfield", of=thing, data={"type": "long_text"}),
        *form(f"{path}/<int:pk>/choices", "crm.change_customfield", of=choice, data={"sort": "1"}),
        *form(
            f"{path}/<int:pk>/choices/<slug:key>",
            "crm.change_customfield",
            of=choice,
            fixed={"key": "o1"},
            data={"act": "save", "name": "Blueqq", "no_hue": "on"},
        ),
        *post(f"{path}/<int:pk>/values", rights.view, rights.export, "crm.delete_customfield", of=thing),
        *form(f"{path}/<int:pk>/delete", "crm.delete_customfield", of=thing),
    ]


def board_of(path: str, rights: Rights, thing: str, status: str) -> list[Row]:
    """The board of a kind whose records move through pipelines, and the forms for moving one."""
    sees, changes, of = rights.view, rights.change, {"of": thing, "changes": True}
    one = f"{path}/<int:pk>"
    return [
        *get(f"{path}/board", sees, query="all=1"),
        *get(f"{path}/board/figures", sees),
        *get(f"{path}/board/changes", sees, answers=(200, 204, 205)),
        *get(f"{path}/board/<int:pk>/move", sees, changes, **of),
        *post(f"{path}/board/<int:pk>/move", sees, changes, data={"column": status}, **of),
        *get(f"{one}/move", sees, changes, query=f"status={status}", **of),
        *post(f"{one}/move", sees, changes, data={"status": status}, **of),
        *post(f"{one}/fill-in", sees, changes, data={"status": status}, **of),
    ]


NOTE = {"type": "note", "text": "noteqq"}
EMAIL = {"to": "email", "subject": "offerqq", "text": "textqq", "draft": "f" * 64}
TASK = {"title": "taskqq"}


def screens_of(
    path: str,
    rights: Rights,
    thing: str,
    *,
    new: dict,
    columns: list[str],
    words: str = "",
) -> list[Row]:
    """`thing` is the kind of record; `words` is the prefix of its saved views and sets."""
    sees, adds, imports = rights.view, rights.add, getattr(rights, "import")
    activity = f"{path}/<int:pk>/activities/<int:activity>"
    file = f"{activity}/files/<int:file>"
    kept = {"field": f"c{{{thing}_file}}"}
    task, tasks = f"{path}/<int:pk>/tasks/<int:task>", f"{thing} task"
    one, binned, view, own = f"{path}/<int:pk>", f"binned {thing}", f"{words}view", f"own {words}view"
    return [
        *get(path, sees, query="all=1"),
        *get(f"{path}/count", sees),
        *get(f"{path}/filter", sees),
        *get(f"{path}/filter/add", sees),
        *get(f"{path}/filter/<slug:field>", sees, fixed={"field": "name" if thing == "deal" else "phone"}),
        *form(f"{path}/columns", sees, data={"column": columns, f"place_{columns[0]}": "2"}),
        *form(f"{path}/columns/<slug:name>", sees, fixed={"name": columns[1]}, data={"move": "hide"}),
        *post(
            f"{path}/columns/<slug:name>",
            sees,
            fixed={"name": columns[0]},
            data={f"width-{columns[0]}": "20"},
        ),
        *get(f"{path}/trash", sees, rights.delete),
        *get(f"{path}/named", sees, query="q=some"),
        *get(f"{path}/views", sees),
        *form(f"{path}/views/new", sees, data={"name": "Mine", "audience": ""}),
        *form(f"{path}/views/<int:pk>", sees, of=own, data={"name": "Mine", "audience": ""}),
        *form(f"{path}/views/<int:pk>/remove", sees, of=own),
        *post(f"{path}/views/<int:pk>/start", sees, of=view),
        *fields_of(f"{path}/fields", f"{thing} field", rights),
        *form(f"{path}/import", sees, adds, imports),
        *get(f"{path}/import/template", sees, adds, imports),
        *get(f"{path}/export", sees, rights.export),
        *post(f"{path}/export/write", sees, rights.export, data={"columns": "all", "format": "csv"}),
        *post(f"{path}/bulk", sees, rights.export, data={"action": "export", "all": "1"}),
        *form(f"{path}/new", sees, adds, data=new),
        *get(one, sees, of=thing),
        *form(f"{one}/edit", sees, rights.change, of=thing, changes=True, data=new),
        *get(f"{one}/files/<slug:field>", sees, of=thing, fixed=kept),
        *get(f"{one}/files/<slug:field>/thumbnail", sees, of=thing, fixed=kept),
        *get(f"{one}/next", sees, of=thing),
        *get(f"{one}/previous", sees, of=thing),
        *get(f"{one}/why", sees, of=thing),
        *post(f"{one}/take", sees, rights.take, of=thing),
        *post(f"{one}/delete", sees, rights.delete, of=thing, changes=True),
        *post(f"{one}/restore", sees, rights.delete, of=binned, changes=True),
        *post(f"{one}/purge", sees, rights.purge, of=binned, changes=True),
        *post(f"{one}/activities", sees, rights.change, of=thing, changes=True, data=NOTE),
        *get(f"{one}/mention", sees, rights.change, of=thing, query="q=some"),
        *get(activity, sees, of=f"{thing} activity"),
        *post(activity, sees, rights.change, of=f"{thing} activity", changes=True, data=NOTE),
        *post(f"{activity}/no-show", sees, rights.change, of=f"{thing} activity", changes=True),
        *form(f"{activity}/next", sees, rights.change, of=f"{thing} activity", changes=True),
        *post(f"{activity}/pin", sees, rights.change, of=f"{thing} activity", changes=True),
        *post(f"{activity}/delete", sees, rights.change, of=f"{thing} activity", changes=True),
        *form(f"{activity}/move", sees, rights.change, of=f"{thing} activity", changes=True),
        *get(file, sees, of=f"{thing} file"),
        *get(f"{file}/thumbnail", sees, of=f"{thing} file"),
        *post(f"{activity}/send", sees, rights.change, of=f"{thing} activity", changes=True),
        *form(f"{one}/email", sees, rights.change, of=thing, changes=True, data=EMAIL),
        *post(f"{one}/email/draft", sees, rights.change, of=thing, changes=True, data={"text": "Hello"}),
        *post(f"{one}/tasks", sees, rights.change, of=thing, changes=True, data=TASK),
        *post(f"{one}/call_back", sees, rights.change, of=thing, changes=True, data={"when": "in_1_hour"}),
        *get(task, sees, of=tasks),
        *post(task, sees, of=tasks, changes=True, data=TASK),
        *post(f"{task}/done", sees, of=tasks, changes=True),
        *post(f"{task}/snooze", sees, of=tasks, changes=True, data={"until": "tomorrow"}),
        *post(f"{task}/delete", sees, of=tasks, changes=True),
    ]


def bulk_of_every_kind(path: str, rights: Rights, things: str) -> list[Row]:
    """The actions of each kind with an owner and a department."""
    actions: list[tuple[str, str, dict]] = [
        ("assign", rights.assign, {"owner": "{colleague}"}),
        ("department", rights.assign, {"department": "{department}"}),
        ("tag", rights.change, {"tags": ["{tag}"]}),
        ("untag", rights.change, {"tags": ["{tag}"]}),
        ("set", rights.change, {"field": "country", "value": "RO"}),
        ("add_note", rights.change, {"text": "noteqq"}),
        ("log_call", rights.change, {"outcome": "reached"}),
        ("add_task", rights.change, {"title": "taskqq"}),
        ("share", rights.change, {}),
        ("unshare", rights.change, {}),
        ("bin", rights.delete, {}),
        ("restore", rights.delete, {}),
        ("purge", rights.purge, {}),
    ]
    return [
        row for name, needed, data in actions for row in bulk_of(path, rights, things, name, needed, **data)
    ]


NEW_LEAD = {
    "last_name": "Novák",
    "email": "new@example.com",
    "status": "{status}",
    "source": "{source}",
    "department": "{department}",
    "currency": "EUR",
}
LEADS, CHANGES = "admin/leads", ON_LEADS.change


def lead_bulk(name: str, **data) -> list[Row]:
    return bulk_of(LEADS, ON_LEADS, "set", name, CHANGES, **data)


def lead_inline(field: str, *rights: str, **data) -> list[Row]:
    return inline_of(LEADS, ON_LEADS, "lead", field, *rights, **data)


KINDS = [
    *screens_of(LEADS, ON_LEADS, "lead", new=NEW_LEAD, columns=["name", "email"]),
    *board_of(LEADS, ON_LEADS, "lead", "{status}"),
    *bulk_of_every_kind(LEADS, ON_LEADS, "set"),
    *post(
        "admin/leads/bulk",
        ON_LEADS.view,
        ON_LEADS.bulk,
        CHANGES,
        data={"action": "vip", "all": "1"},
        query="vip=no",
    ),
    *lead_bulk("status", status="{status}"),
    *lead_bulk("vip"),
    *lead_bulk("unvip"),
    *bulk_of(LEADS, ON_LEADS, "set", "convert", CHANGES, "customers.add_company", "customers.add_contact"),
    *lead_bulk("source", source="{source}"),
    *lead_bulk("country", country="RO"),
    *lead_bulk("next-action", text="Call", day="2030-01-02"),
    *lead_bulk("pipeline", pipeline="{pipeline}"),
    *bulk_of(LEADS, ON_LEADS, "set", "rules", ON_LEADS.assign, owned="keep"),
    *lead_inline("status", status="{status}"),
    *lead_inline("owner", ON_LEADS.assign, owner="none"),
    *lead_inline("vip"),
    *lead_inline("next_action", text="Call"),
    *lead_inline("company", company="somecompany"),
    *lead_inline("city", city="somewhere"),
]
