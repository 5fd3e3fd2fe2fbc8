"""The calls of CRM Connect and Umbra ERP."""

from dataclasses import replace

from tests.matrix.declared.dialects.call import Call
from tests.matrix.oracle import ADDS, BINS, CHANGES, SEES

NEW = {"name": "Nina Novák", "source": "{source}", "status": "{status}", "assigned": "0"}

LEADS = [
    Call("GET", "api/leads", "leads.get", (SEES,)),
    Call("GET", "api/leads", "leads.get", (SEES,), query="?page=1"),
    Call("POST", "api/leads", "leads.post", (SEES, ADDS), data=NEW),
    Call("GET", "api/leads/search", "leads.search", (SEES,), query="?q=some"),
    Call("GET", "api/leads/search/<path:text>", "leads.search", (SEES,), fixed={"text": "some"}),
    Call("GET", "api/leads/<str:pk>", "leads.get", (SEES,), of="lead"),
    Call(
        "PUT",
        "api/leads/<str:pk>",
        "leads.put",
        (SEES, CHANGES),
        of="lead",
        changes=True,
        data={"city": "Cluj"},
    ),
    Call("DELETE", "api/leads/<str:pk>", "leads.delete", (SEES, BINS), of="lead", changes=True),
    Call("DELETE", "api/delete/leads/<str:pk>", "leads.delete", (SEES, BINS), of="lead", changes=True),
]


def settings(name: str, model: str) -> list[Call]:
    """Statuses or sources: users who see leads can read them; leads use the new one in the world, so DELETE returns
    409."""
    path, kind = f"api/lead_{name}", {"of": model}
    one, right = f"{path}/<str:pk>", f"lead_{name}"
    removes = Call(
        "DELETE", one, f"{right}.delete", (SEES, f"leads.delete_{model}"), answers=(200, 409), **kind
    )
    return [
        Call("GET", path, f"{right}.get", (SEES,)),
        Call("POST", path, f"{right}.post", (SEES, f"leads.add_{model}"), data={"name": "Fair"}),
        Call("GET", one, f"{right}.get", (SEES,), **kind),
        Call("PUT", one, f"{right}.put", (SEES, f"leads.change_{model}"), data={"name": "Fair"}, **kind),
        removes,
        replace(removes, path=f"api/delete/lead_{name}/<str:pk>"),
    ]


POLLS = [
    Call("GET", "api/custom_fields/leads", "leads.get", (SEES,)),
    Call("GET", "api/custom_fields/leads/<str:pk>", "leads.get", (SEES,), of="lead"),
    Call(
        "POST",
        "api/notes",
        "leads.put",
        (SEES, CHANGES),
        data={"rel_type": "lead", "rel_id": "{lead}", "description": "noteqq"},
        # The lead belongs to a colleague, whose leads not everyone sees.
        answers=(200, 404),
    ),
    Call("GET", "api/notes/lead/<str:pk>", "leads.get", (SEES,), of="lead"),
    Call("GET", "api/notes/<str:pk>", "leads.get", (SEES,), of="lead note"),
    Call(
        "PUT",
        "api/notes/<str:pk>",
        "leads.put",
        (SEES, CHANGES),
        of="lead note",
        changes=True,
        data={"description": "some"},
    ),
    Call("DELETE", "api/notes/<str:pk>", "leads.put", (SEES, CHANGES), of="lead note", changes=True),
    Call("GET", "api/zapier/resources", "leads.get", (SEES,)),
    Call("GET", "api/zapier/poll/<str:name>", "leads.get", (SEES,), fixed={"name": "leads"}),
    Call("GET", "api/zapier/test/<str:name>", "leads.get", (SEES,), fixed={"name": "leads"}),
]

UMBRA, UMBRA_LEAD = "v1/crm/leads", {"of": "lead", "dialect": "umbra", "public": True}
UMBRA_NEW = {"first_name": "Nina", "last_name": "Novák", "email": "nina@example.com"}
UMBRAS = [
    Call("GET", UMBRA, "leads.get", (SEES,), dialect="umbra"),
    Call("POST", UMBRA, "leads.post", (SEES, ADDS), data=UMBRA_NEW, dialect="umbra"),
    Call("GET", f"{UMBRA}/<str:pk>", "leads.get", (SEES,), **UMBRA_LEAD),
    Call(
        "PUT",
        f"{UMBRA}/<str:pk>",
        "leads.put",
        (SEES, CHANGES),
        changes=True,
        data={"notes": "x"},
        **UMBRA_LEAD,
    ),
    Call("DELETE", f"{UMBRA}/<str:pk>", "leads.delete", (SEES, BINS), changes=True, **UMBRA_LEAD),
]

DIALECTS: list[Call] = [
    *UMBRAS,
    *LEADS,
    *settings("statuses", "status"),
    *settings("sources", "source"),
    *POLLS,
]
