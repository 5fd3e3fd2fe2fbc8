"""The URLs of the APIs: the right that a token needs, the permissions of its user, and what the ID in the URL is."""

from tests.matrix.declared.dialects.booking_calls import BOOKING_CALLS
from tests.matrix.declared.dialects.call import Call
from tests.matrix.declared.dialects.connect_and_umbra import DIALECTS
from tests.matrix.declared.dialects.customer_calls import CUSTOMER_CALLS
from tests.matrix.declared.dialects.mailing_calls import MAILING_CALLS
from tests.matrix.declared.dialects.queue_and_reports import QUEUE, STEERING
from tests.matrix.declared.dialects.screen_calls import ACTIVITIES, JOBS, LISTS
from tests.matrix.declared.dialects.settings_calls import AMOUNTS, BUILT_IN_FIELDS, SETTINGS_LISTS, TEMPLATES
from tests.matrix.oracle import (
    BULK,
    CHANGES,
    ON_COMPANIES,
    ON_CONTACTS,
    ON_DEALS,
    ON_LEADS,
    ON_REQUESTS,
    SEES,
    Rights,
)

OWN, OPERATION = "api/v2", {"of": "operation", "dialect": "own"}
WEBHOOK = {"of": "webhook", "dialect": "own"}
BULK_VIP = {"action": "vip", "filter": "all=1"}


NEW_EMAIL = {"to": "some@example.com", "subject": "Some", "text": "Some"}
NEW_FILE = {"name": "some.txt", "content": "U29tZQ=="}


def one(kind: str, name: str, rights: Rights, data: dict, changes: dict) -> list[Call]:
    """One record of API v2: add, read, change, delete."""
    path, of = f"{OWN}/{name}/<str:pk>", {"of": kind, "dialect": "own"}
    sees = rights.view
    return [
        Call("POST", f"{OWN}/{name}", f"{name}.post", (sees, rights.add), data=data, dialect="own"),
        Call("GET", path, f"{name}.get", (sees,), **of),
        Call(
            "GET",
            f"{path}/files/<slug:field>",
            f"{name}.get",
            (sees,),
            fixed={"field": f"c{{{kind}_file}}"},
            **of,
        ),
        Call(
            "POST",
            f"{OWN}/{name}/batch",
            f"{name}.post",
            (sees, rights.add),
            data={"records": [data]},
            dialect="own",
        ),
        # Of no record of the world.
        Call(
            "POST",
            f"{OWN}/{name}/batch/delete",
            f"{name}.delete",
            (sees, rights.delete),
            data={"records": [{"id": 10**12}]},
            dialect="own",
        ),
        Call("GET", f"{path}/history", f"{name}.get", (sees,), **of),
        Call("GET", f"{path}/visibility", f"{name}.get", (sees,), **of),
        Call("GET", f"{path}/emails", "emails.get", (SEES, sees), **of),
        Call(
            "POST",
            f"{path}/emails",
            "emails.post",
            (SEES, CHANGES, sees, rights.change),
            changes=True,
            data=NEW_EMAIL,
            answers=(201, 422),
            **of,
        ),
        Call("GET", f"{path}/files", f"{name}.get", (sees,), **of),
        Call(
            "POST", f"{path}/files", f"{name}.put", (sees, rights.change), changes=True, data=NEW_FILE, **of
        ),
        Call("PATCH", path, f"{name}.put", (sees, rights.change), changes=True, data=changes, **of),
        Call("DELETE", path, f"{name}.delete", (sees, rights.delete), changes=True, **of),
    ]


def sequence_of(name: str, rights: Rights, kind: str) -> list[Call]:
    """Starting one for a record and stopping the one that it is in. The record of the matrix is in one already."""
    path, of = f"{OWN}/{name}/<str:pk>/sequence", {"of": kind, "changes": True, "dialect": "own"}
    may, data = (rights.view, rights.change), {"sequence": f"{{{kind}_sequence}}"}
    return [
        Call("POST", path, f"{name}.put", may, data=data, answers=(201, 422), **of),
        Call("DELETE", path, f"{name}.put", may, **of),
    ]


def duplicates_of(name: str, rights: Rights, kind: str) -> list[Call]:
    """What may be the same as a record, and merging another one into it. The matrix names one that doesn't exist."""
    path, of = f"{OWN}/{name}/<str:pk>", {"of": kind, "dialect": "own"}
    return [
        Call("GET", f"{path}/duplicates", f"{name}.get", (rights.view,), **of),
        Call(
            "POST",
            f"{path}/merge",
            f"{name}.put",
            (rights.view, rights.change, rights.delete),
            changes=True,
            data={"others": [999_999_999]},
            answers=(422,),
            **of,
        ),
    ]


def small(name: str, resource: str) -> Call:
    return Call("GET", f"{OWN}/{name}", f"{resource}.get", (SEES,), dialect="own")


def belongings(name: str, of: str, adds: dict, changes: dict, *rights: str) -> list[Call]:
    """Activities or tasks: a list, and add, read, change, delete. `rights` are what changing one needs."""
    path, own = f"{OWN}/{name}/<str:pk>", {"of": of, "dialect": "own"}
    new = {"of": "lead", "record": "{lead}", **adds}
    writing = {"rights": (SEES, *rights), "changes": True, **own}
    # The lead belongs to a colleague, whose leads not everyone sees.
    may = {"rights": (SEES, CHANGES), "dialect": "own", "answers": (201, 404)}
    return [
        Call("GET", f"{OWN}/{name}", f"{name}.get", (SEES,), dialect="own"),
        Call(
            "GET", f"{OWN}/{name}", f"{name}.get", (SEES,), query="?since=2020-01-01T00:00:00Z", dialect="own"
        ),
        Call("GET", f"{OWN}/{name}/changes", f"{name}.get", (SEES,), dialect="own"),
        Call("POST", f"{OWN}/{name}", f"{name}.post", data=new, **may),
        Call("GET", path, f"{name}.get", (SEES,), **own),
        Call("PATCH", path, f"{name}.put", data=changes, **writing),
        Call("DELETE", path, f"{name}.delete", **writing),
    ]


BELONGINGS = [
    *belongings("activities", "lead note", {"text": "noteqq"}, {"text": "some"}, CHANGES),
    Call(
        "POST",
        f"{OWN}/calls",
        "activities.post",
        (SEES, CHANGES),
        data={"phone": "+40722123456"},
        # No record of the world has this phone.
        answers=(201, 404),
        dialect="own",
    ),
    # No file has this number: those of the world belong to activities that not everyone sees.
    Call(
        "GET",
        f"{OWN}/files/<str:pk>",
        "activities.get",
        (SEES,),
        fixed={"pk": "999999999"},
        answers=(404,),
        dialect="own",
    ),
    Call(
        "GET",
        f"{OWN}/emails/<str:pk>",
        "emails.get",
        (SEES,),
        fixed={"pk": "999999999"},
        answers=(404,),
        dialect="own",
    ),
    *belongings("tasks", "one lead task", {"title": "taskqq"}, {"title": "some"}),
]


def several(name: str, rights: Rights) -> list[Call]:
    """The list of a kind, what has changed in it, and changing many of it."""
    return [
        Call("GET", f"{OWN}/{name}", f"{name}.get", (rights.view,), dialect="own"),
        Call("GET", f"{OWN}/{name}/changes", f"{name}.get", (rights.view,), dialect="own"),
        Call(
            "POST",
            f"{OWN}/{name}/bulk",
            f"{name}.put",
            (rights.view, rights.change, rights.bulk),
            data={"action": "share", "filter": "all=1"},
            dialect="own",
        ),
    ]


SMALL = [
    small("users", "users"),
    small("departments", "departments"),
    small("tags", "tags"),
    small("busy-times", "busy_times"),
    small("statuses", "lead_statuses"),
    small("pipelines", "lead_statuses"),
    small("lost-reasons", "lead_statuses"),
    small("sources", "lead_sources"),
    small("lead-custom-fields", "leads"),
    Call("GET", f"{OWN}/company-custom-fields", "companies.get", (ON_COMPANIES.view,), dialect="own"),
    Call("GET", f"{OWN}/contact-custom-fields", "contacts.get", (ON_CONTACTS.view,), dialect="own"),
    Call("GET", f"{OWN}/deal-custom-fields", "deals.get", (ON_DEALS.view,), dialect="own"),
    Call("GET", f"{OWN}/deal-pipelines", "deals.get", (ON_DEALS.view,), dialect="own"),
    Call("GET", f"{OWN}/deal-stages", "deals.get", (ON_DEALS.view,), dialect="own"),
    Call("GET", f"{OWN}/request-custom-fields", "requests.get", (ON_REQUESTS.view,), dialect="own"),
]
OWN_VIEW = {"of": "own view", "dialect": "own"}
REPORTS = "reports.view_report"
DUPLICATES = "duplicates.view_likeness"
AUTOMATIONS = "automations.view_automation"
AUTOMATION = {"of": "automation", "dialect": "own"}
OWNS = [
    Call("GET", f"{OWN}/me", "", (), dialect="own"),
    *one("lead", "leads", ON_LEADS, {"last_name": "Novák"}, {"phone": "0721"}),
    *one("company", "companies", ON_COMPANIES, {"name": "Novák"}, {"phone": "0721"}),
    *one("contact", "contacts", ON_CONTACTS, {"last_name": "Novák"}, {"phone": "0721"}),
    *one("deal", "deals", ON_DEALS, {"name": "Novák"}, {"description": "some"}),
    *one("request", "requests", ON_REQUESTS, {"subject": "Novák"}, {"phone": "0721"}),
    *BELONGINGS,
    *SMALL,
    Call("GET", f"{OWN}/leads", "leads.get", (SEES,), dialect="own"),
    Call("GET", f"{OWN}/leads/changes", "leads.get", (SEES,), dialect="own"),
    Call(
        "POST",
        f"{OWN}/leads/<str:pk>/convert",
        "leads.put",
        (SEES, CHANGES, "customers.add_company", "customers.add_contact"),
        of="lead",
        changes=True,
        data={"company": None, "new_contact": True},
        # The name of the lead may be that of a contact.
        answers=(200, 409, 422),
        dialect="own",
    ),
    Call("POST", f"{OWN}/leads/bulk", "leads.put", (SEES, CHANGES, BULK), data=BULK_VIP, dialect="own"),
    *several("companies", ON_COMPANIES),
    *several("contacts", ON_CONTACTS),
    *several("deals", ON_DEALS),
    *several("requests", ON_REQUESTS),
    Call("GET", f"{OWN}/operations", "operations.get", (SEES,), dialect="own"),
    Call("GET", f"{OWN}/operations/<str:pk>", "operations.get", (SEES,), **OPERATION),
    Call(
        "POST", f"{OWN}/operations/<str:pk>/undo", "operations.post", (SEES,), answers=(200, 409), **OPERATION
    ),
    Call("GET", f"{OWN}/webhooks", "webhooks.get", (SEES,), dialect="own"),
    Call(
        "POST",
        f"{OWN}/webhooks",
        "webhooks.post",
        (SEES,),
        data={"url": "https://example.com/"},
        dialect="own",
    ),
    Call("GET", f"{OWN}/webhooks/<str:pk>", "webhooks.get", (SEES,), **WEBHOOK),
    Call(
        "PUT",
        f"{OWN}/webhooks/<str:pk>",
        "webhooks.put",
        (SEES,),
        data={"url": "https://example.com/"},
        **WEBHOOK,
    ),
    Call("DELETE", f"{OWN}/webhooks/<str:pk>", "webhooks.delete", (SEES,), **WEBHOOK),
    Call("GET", f"{OWN}/webhooks/<str:pk>/deliveries", "webhooks.get", (SEES,), **WEBHOOK),
    Call("POST", f"{OWN}/webhooks/<str:pk>/test", "webhooks.post", (SEES,), answers=(201, 409), **WEBHOOK),
    Call(
        "POST",
        f"{OWN}/webhooks/<str:pk>/replay",
        "webhooks.post",
        (SEES,),
        data={"since": "2020-01-01T00:00:00Z"},
        answers=(422,),
        **WEBHOOK,
    ),
    Call(
        "POST",
        f"{OWN}/webhooks/<str:pk>/resend",
        "webhooks.post",
        (SEES,),
        data={"delivery": 999999},
        answers=(409, 422),
        **WEBHOOK,
    ),
    Call("GET", f"{OWN}/automations", "automations.get", (AUTOMATIONS,), dialect="own"),
    Call("GET", f"{OWN}/automations/<str:pk>", "automations.get", (AUTOMATIONS,), **AUTOMATION),
    Call(
        "PUT",
        f"{OWN}/automations/<str:pk>",
        "automations.put",
        (AUTOMATIONS, "automations.change_automation"),
        data={"turned_on": False},
        **AUTOMATION,
    ),
    Call("GET", f"{OWN}/automations/<str:pk>/runs", "automations.get", (AUTOMATIONS,), **AUTOMATION),
    Call("GET", f"{OWN}/saved-views", "saved_views.get", (SEES,), dialect="own"),
    Call(
        "POST",
        f"{OWN}/saved-views",
        "saved_views.post",
        (SEES,),
        data={"of": "lead", "name": "V"},
        dialect="own",
    ),
    Call("GET", f"{OWN}/saved-views/<str:pk>", "saved_views.get", (SEES,), of="view", dialect="own"),
    Call("PATCH", f"{OWN}/saved-views/<str:pk>", "saved_views.put", (SEES,), data={"name": "V"}, **OWN_VIEW),
    Call("DELETE", f"{OWN}/saved-views/<str:pk>", "saved_views.delete", (SEES,), **OWN_VIEW),
    Call("GET", f"{OWN}/reports", "reports.get", (REPORTS,), dialect="own"),
    Call(
        "GET", f"{OWN}/reports/<str:name>", "reports.get", (REPORTS,), fixed={"name": "lost"}, dialect="own"
    ),
    Call("GET", f"{OWN}/duplicates", "duplicates.get", (DUPLICATES,), dialect="own"),
    Call(
        "POST",
        f"{OWN}/duplicates/different",
        "duplicates.post",
        (DUPLICATES,),
        data={"records": [{"of": "lead", "record": 999_999_999}, {"of": "lead", "record": 999_999_998}]},
        answers=(422,),
        dialect="own",
    ),
    *duplicates_of("leads", ON_LEADS, "lead"),
    *duplicates_of("contacts", ON_CONTACTS, "contact"),
    *duplicates_of("companies", ON_COMPANIES, "company"),
    Call("GET", f"{OWN}/sequences", "sequences.get", (SEES,), dialect="own"),
    Call("GET", f"{OWN}/sequences/<str:pk>", "sequences.get", (SEES,), of="sequence", dialect="own"),
    Call("GET", f"{OWN}/enrollments", "sequences.get", (SEES,), dialect="own"),
    Call("GET", f"{OWN}/enrollments/<str:pk>", "sequences.get", (SEES,), of="lead enrollment", dialect="own"),
    *sequence_of("leads", ON_LEADS, "lead"),
    *sequence_of("contacts", ON_CONTACTS, "contact"),
    *JOBS,
    *LISTS,
    *ACTIVITIES,
]

API: list[Call] = [
    *OWNS,
    *SETTINGS_LISTS,
    *TEMPLATES,
    *AMOUNTS,
    *BUILT_IN_FIELDS,
    *CUSTOMER_CALLS,
    *QUEUE,
    *STEERING,
    *MAILING_CALLS,
    *BOOKING_CALLS,
    *DIALECTS,
]
