"""What API v2 does with requests and with the employments of contacts, beside reading and changing the records."""

from tests.matrix.declared.dialects.call import Call
from tests.matrix.oracle import ON_COMPANIES, ON_CONTACTS, ON_DEALS, ON_LEADS, ON_REQUESTS

ONE_REQUEST, EMPLOYMENTS = "api/v2/requests/<str:pk>", "api/v2/contacts/<str:pk>/employments"
CHANGES_REQUEST, CHANGES_CONTACT = ((rights.view, rights.change) for rights in (ON_REQUESTS, ON_CONTACTS))
REQUEST = {"of": "request", "dialect": "own"}
NEW_LEAD = {"lead": {"last_name": "leadqq"}}
EMPLOYMENT = {"of": "contact employment", "changes": True, "dialect": "own"}
CUSTOMER_CALLS = [
    Call(
        "POST",
        f"{ONE_REQUEST}/make-lead",
        "requests.put",
        (*CHANGES_REQUEST, ON_LEADS.view, ON_LEADS.add),
        changes=True,
        data=NEW_LEAD,
        **REQUEST,
    ),
    Call(
        "POST",
        f"{ONE_REQUEST}/make-deal",
        "requests.put",
        (*CHANGES_REQUEST, ON_DEALS.view, ON_DEALS.add),
        changes=True,
        data=NEW_LEAD,
        # Several companies or contacts may match the sender.
        answers=(201, 422),
        **REQUEST,
    ),
    Call("GET", f"{ONE_REQUEST}/links", "requests.get", (ON_REQUESTS.view,), **REQUEST),
    Call(
        "PATCH",
        f"{ONE_REQUEST}/links",
        "requests.put",
        (*CHANGES_REQUEST, ON_COMPANIES.view),
        changes=True,
        data={"company": None},
        **REQUEST,
    ),
    Call("GET", EMPLOYMENTS, "contacts.get", (ON_CONTACTS.view,), of="contact", dialect="own"),
    Call(
        "POST",
        EMPLOYMENTS,
        "contacts.put",
        CHANGES_CONTACT,
        of="contact",
        changes=True,
        data={"company": 999_999_999, "role": "roleqq"},
        # There is no such company.
        answers=(422,),
        dialect="own",
    ),
    Call(
        "GET",
        f"{EMPLOYMENTS}/<str:employment>",
        "contacts.get",
        (ON_CONTACTS.view,),
        of="contact employment",
        dialect="own",
    ),
    Call(
        "PATCH",
        f"{EMPLOYMENTS}/<str:employment>",
        "contacts.put",
        CHANGES_CONTACT,
        data={"role": "roleqq"},
        **EMPLOYMENT,
    ),
    Call("DELETE", f"{EMPLOYMENTS}/<str:employment>", "contacts.put", CHANGES_CONTACT, **EMPLOYMENT),
]
