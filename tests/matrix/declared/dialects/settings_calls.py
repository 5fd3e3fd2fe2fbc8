"""What API v2 does with the lists in Settings, with custom fields, with working time, templates, rates and costs."""

from tests.matrix.declared.dialects.call import Call
from tests.matrix.oracle import CHANGES, ON_DEALS, SEES

OWN = "api/v2"


def settings_list(name: str, model: str, of: str, read: tuple[str, str]) -> list[Call]:
    """A list in Settings: adding, reading, changing and moving a row. `read` are the token's right and the user's that reading takes."""
    path, own = f"{OWN}/{name}/<str:pk>", {"of": of, "dialect": "own"}
    right = f"{model.partition('.')[0]}.{{}}_{model.partition('.')[2]}".format
    return [
        Call(
            "POST",
            f"{OWN}/{name}",
            "settings_lists.post",
            (SEES, right("add")),
            data={"name": "Someqq"},
            dialect="own",
        ),
        Call("GET", path, read[0], (read[1],), **own),
        Call(
            "PATCH",
            path,
            "settings_lists.put",
            (SEES, right("change")),
            data={"name": "Someqq"},
            answers=(200, 422),
            **own,
        ),
        Call(
            "POST", f"{path}/move", "settings_lists.put", (SEES, right("change")), data={"after": None}, **own
        ),
    ]


def removal(name: str, model: str, of: str) -> list[Call]:
    """Deleting a status or a source, which may be in use."""
    deletes = f"{model.partition('.')[0]}.delete_{model.partition('.')[2]}"
    return [
        Call(
            "DELETE",
            f"{OWN}/{name}/<str:pk>",
            "settings_lists.delete",
            (SEES, deletes),
            of=of,
            dialect="own",
            answers=(200, 409),
        )
    ]


def merge(name: str, right: str, of: str) -> Call:
    """Merging one that doesn't exist into it."""
    return Call(
        "POST",
        f"{OWN}/{name}/<str:pk>/merge",
        "settings_lists.delete",
        (SEES, CHANGES, right),
        of=of,
        data={"others": [999_999_999]},
        answers=(422,),
        dialect="own",
    )


def retirement(name: str, of: str) -> list[Call]:
    """Retiring a pipeline, and using it again."""
    path, own = f"{OWN}/{name}/<str:pk>", {"of": of, "dialect": "own"}
    deletes = "leads.delete_pipeline"
    return [
        Call(
            "POST",
            f"{path}/retire",
            "settings_lists.delete",
            (SEES, CHANGES, deletes),
            data={"replace_with": 999_999_999},
            answers=(200, 409, 422),
            **own,
        ),
        Call("POST", f"{path}/activate", "settings_lists.put", (SEES, deletes), **own),
    ]


def custom_fields(kind: str) -> list[Call]:
    """The custom fields of a record type, and the choices of one."""
    many, of = f"{OWN}/{kind}-custom-fields", f"{kind} field"
    path, own = f"{many}/c<str:pk>", {"of": of, "dialect": "own"}
    choice = f"{path}/choices/<str:key>"
    chosen = {"of": f"{of} with choices", "fixed": {"key": "o1"}, "dialect": "own"}
    adds, changes, deletes = ((SEES, f"crm.{act}_customfield") for act in ("add", "change", "delete"))
    return [
        Call("POST", many, "custom_fields.post", adds, data={"label": "Someqq"}, dialect="own"),
        Call("GET", path, "custom_fields.get", changes, **own),
        Call("PATCH", path, "custom_fields.put", changes, data={"help": "Someqq"}, **own),
        Call("DELETE", path, "custom_fields.delete", deletes, answers=(200, 409), **own),
        Call("POST", f"{path}/move", "custom_fields.put", changes, data={"direction": "up"}, **own),
        Call("POST", f"{path}/type", "custom_fields.put", changes, data={"type": "long_text"}, **own),
        Call("PATCH", choice, "custom_fields.put", changes, data={"label": "Someqq"}, **chosen),
        Call("DELETE", choice, "custom_fields.put", changes, answers=(200, 409), **chosen),
    ]


DEPARTMENT, HOLIDAY = {"of": "department", "dialect": "own"}, {"day": "2030-12-25", "name": "christmasqq"}
ABSENT = {"rights": (SEES,), "of": "absent user", "changes": True, "dialect": "own"}
ABSENCES = f"{OWN}/users/<str:pk>/absences"
MONDAY = {"weekday": 0, "opens": "09:00", "closes": "17:00"}
WORKING_TIME = [
    Call(
        "GET",
        f"{OWN}/departments/<str:pk>/hours",
        "working_time.get",
        (SEES, "accounts.view_department"),
        **DEPARTMENT,
    ),
    Call(
        "PUT",
        f"{OWN}/departments/<str:pk>/hours",
        "working_time.put",
        (SEES, "accounts.change_department"),
        data={"days": [MONDAY]},
        **DEPARTMENT,
    ),
    Call("GET", f"{OWN}/holidays", "working_time.get", (SEES, "accounts.view_department"), dialect="own"),
    Call(
        "POST",
        f"{OWN}/holidays",
        "working_time.post",
        (SEES, "accounts.change_department"),
        data=HOLIDAY | {"department": "{department}"},
        dialect="own",
    ),
    Call(
        "DELETE",
        f"{OWN}/holidays/<str:pk>",
        "working_time.delete",
        (SEES, "accounts.change_department"),
        of="holiday",
        dialect="own",
    ),
    Call("GET", ABSENCES, "working_time.get", **ABSENT),
    Call("POST", ABSENCES, "working_time.post", data={"first": "2030-01-01", "last": "2030-01-02"}, **ABSENT),
    Call("DELETE", f"{ABSENCES}/<str:absence>", "working_time.delete", **(ABSENT | {"of": "absence"})),
]
STATUSES, SOURCES, TAGS = ("lead_statuses.get", SEES), ("lead_sources.get", SEES), ("tags.get", SEES)
DEALS = ("deals.get", ON_DEALS.view)
SETTINGS_LISTS = [
    *settings_list("statuses", "leads.status", "status", STATUSES),
    *removal("statuses", "leads.status", "status"),
    merge("statuses", "leads.delete_status", "status"),
    *settings_list("sources", "leads.source", "source", SOURCES),
    *removal("sources", "leads.source", "source"),
    merge("sources", "leads.delete_source", "source"),
    *settings_list("tags", "crm.tag", "tag", TAGS),
    merge("tags", "crm.delete_tag", "tag"),
    *settings_list("lost-reasons", "leads.lostreason", "lost reason", STATUSES),
    merge("lost-reasons", "leads.change_lostreason", "lost reason"),
    *settings_list("pipelines", "leads.pipeline", "pipeline", STATUSES),
    *retirement("pipelines", "pipeline"),
    *settings_list("deal-stages", "leads.status", "stage", DEALS),
    *removal("deal-stages", "leads.status", "stage"),
    merge("deal-stages", "leads.delete_status", "stage"),
    *settings_list("deal-pipelines", "leads.pipeline", "extensions", DEALS),
    *retirement("deal-pipelines", "extensions"),
    *WORKING_TIME,
    *(call for kind in ("lead", "company", "contact", "deal", "request") for call in custom_fields(kind)),
]

TEMPLATE = {"of": "template", "dialect": "own"}
TEMPLATES = [
    Call("GET", f"{OWN}/templates", "templates.get", (SEES,), dialect="own"),
    Call(
        "POST",
        f"{OWN}/templates",
        "templates.post",
        (SEES,),
        data={"name": "Offerqq", "type": "note", "text": "textqq"},
        dialect="own",
    ),
    Call("GET", f"{OWN}/templates/<str:pk>", "templates.get", (SEES,), **TEMPLATE),
    Call(
        "PATCH",
        f"{OWN}/templates/<str:pk>",
        "templates.put",
        (SEES,),
        changes=True,
        data={"text": "textqq"},
        **TEMPLATE,
    ),
    Call("DELETE", f"{OWN}/templates/<str:pk>", "templates.delete", (SEES,), changes=True, **TEMPLATE),
]

RATES, COSTS = f"{OWN}/exchange-rates", f"{OWN}/sources/<str:pk>/costs"
RATE, COST = {"of": "rate", "dialect": "own"}, {"of": "cost", "dialect": "own"}
OF_SOURCE = {"of": "source", "dialect": "own"}
RATE_RIGHTS, COST_RIGHTS = (SEES, "leads.change_rate"), (SEES, "leads.change_source")
NEW_RATE = {"currency": "USD", "day": "2026-02-03", "rate": 0.9}
NEW_COST = {"month": "2031-02", "amount": 12}
AMOUNTS = [
    Call("GET", RATES, "exchange_rates.get", RATE_RIGHTS, dialect="own"),
    Call("POST", RATES, "exchange_rates.post", RATE_RIGHTS, data=NEW_RATE, dialect="own"),
    Call("PATCH", f"{RATES}/<str:pk>", "exchange_rates.put", RATE_RIGHTS, data={"rate": 0.8}, **RATE),
    Call("DELETE", f"{RATES}/<str:pk>", "exchange_rates.delete", RATE_RIGHTS, **RATE),
    Call("GET", COSTS, "source_costs.get", COST_RIGHTS, **OF_SOURCE),
    Call("POST", COSTS, "source_costs.post", COST_RIGHTS, data=NEW_COST, **OF_SOURCE),
    Call("PATCH", f"{COSTS}/<str:cost>", "source_costs.put", COST_RIGHTS, data={"amount": 12}, **COST),
    Call("DELETE", f"{COSTS}/<str:cost>", "source_costs.delete", COST_RIGHTS, **COST),
]


def built_in_fields(kind: str, name: str) -> list[Call]:
    """The settings of the built-in fields of a record type, of which `name` is one."""
    many = f"{OWN}/{kind}-built-in-fields"
    path, own = f"{many}/<slug:name>", {"fixed": {"name": name}, "dialect": "own"}
    may = (SEES, "crm.change_customfield")
    return [
        Call("GET", many, "custom_fields.get", may, dialect="own"),
        Call("GET", path, "custom_fields.get", may, **own),
        Call("PATCH", path, "custom_fields.put", may, data={"label": "a-qq-label"}, **own),
        Call("POST", f"{path}/reset", "custom_fields.put", may, **own),
    ]


BUILT_IN_FIELDS = [
    call
    for kind in ("lead", "company", "contact", "deal", "request")
    for call in built_in_fields(kind, "description" if kind == "deal" else "phone")
]
