"""The URLs of companies, contacts, deals and requests."""

from tests.matrix.declared.kinds import board_of, bulk_of, bulk_of_every_kind, inline_of, screens_of
from tests.matrix.oracle import (
    ON_COMPANIES,
    ON_CONTACTS,
    ON_DEALS,
    ON_LEADS,
    ON_REQUESTS,
    Row,
    form,
    get,
    post,
)

NEW_COMPANY = {"name": "Novák", "department": "{department}"}
COMPANIES = "admin/companies"
NEW_CONTACT = {"last_name": "Novák", "department": "{department}"}
CONTACTS = "admin/contacts"
NEW_DEAL = {
    "name": "Novák",
    "status": "{stage}",
    "department": "{department}",
    "currency": "EUR",
}
DEALS = "admin/deals"
NEW_REQUEST = {
    "subject": "Novák",
    "channel": "here",
    "state": "new",
    "received_at": "2026-01-02T03:04",
    "department": "{department}",
}
REQUESTS = "admin/requests"

EMPLOYMENT = {"company": "#{company}", "role": "roleqq"}


def employments(contacts: str, companies: str) -> list[Row]:
    """The employments of contacts, and the people at a company."""
    one = f"{contacts}/<int:pk>/employments"
    values = {"changes": True, "data": EMPLOYMENT}
    row, view, change = "contact employment", ON_CONTACTS.view, ON_CONTACTS.change
    return [
        *get(one, view, of="contact"),
        *form(f"{one}/new", view, change, of="contact", **values),
        *form(f"{one}/<int:employment>", view, change, of=row, **values),
        *post(f"{one}/<int:employment>/remove", view, change, of=row, changes=True),
        *get(f"{companies}/<int:pk>/people", ON_COMPANIES.view, view, of="company"),
    ]


def contacts_of_deals() -> list[Row]:
    """The further contacts of deals, and the deals of a contact."""
    one = f"{DEALS}/<int:pk>/contacts"
    values = {"changes": True, "data": {"contact": "#{further}", "role": "roleqq"}}
    row, rights = "deal person", (ON_DEALS.view, ON_DEALS.change, ON_CONTACTS.view)
    return [
        *get(one, ON_DEALS.view, ON_CONTACTS.view, of="deal"),
        *form(f"{one}/new", *rights, of="deal", **values),
        *form(f"{one}/<int:person>", *rights, of=row, **values),
        *post(f"{one}/<int:person>/remove", *rights, of=row, changes=True),
        *get(f"{CONTACTS}/<int:pk>/deals", ON_CONTACTS.view, ON_DEALS.view, of="contact"),
    ]


CUSTOMERS = [
    *screens_of(
        COMPANIES,
        ON_COMPANIES,
        "company",
        new=NEW_COMPANY,
        columns=["name", "domain"],
        words="company ",
    ),
    *bulk_of_every_kind(COMPANIES, ON_COMPANIES, "company set"),
    *inline_of(COMPANIES, ON_COMPANIES, "company", "owner", ON_COMPANIES.assign, owner="none"),
    *inline_of(COMPANIES, ON_COMPANIES, "company", "domain", domain="somenew.example"),
    *screens_of(
        CONTACTS,
        ON_CONTACTS,
        "contact",
        new=NEW_CONTACT,
        columns=["name", "company"],
        words="contact ",
    ),
    *bulk_of_every_kind(CONTACTS, ON_CONTACTS, "contact set"),
    *inline_of(CONTACTS, ON_CONTACTS, "contact", "owner", ON_CONTACTS.assign, owner="none"),
    *inline_of(CONTACTS, ON_CONTACTS, "contact", "title", title="someone"),
    *screens_of(DEALS, ON_DEALS, "deal", new=NEW_DEAL, columns=["name", "company"], words="deal "),
    *board_of(DEALS, ON_DEALS, "deal", "{stage}"),
    *bulk_of_every_kind(DEALS, ON_DEALS, "deal set"),
    *bulk_of(DEALS, ON_DEALS, "deal set", "status", ON_DEALS.change, status="{stage}"),
    *bulk_of(DEALS, ON_DEALS, "deal set", "pipeline", ON_DEALS.change, pipeline="{extensions}"),
    *inline_of(DEALS, ON_DEALS, "deal", "status", status="{stage}"),
    *inline_of(DEALS, ON_DEALS, "deal", "owner", ON_DEALS.assign, owner="none"),
    *inline_of(DEALS, ON_DEALS, "deal", "expected_close", expected_close="2030-01-02"),
    *inline_of(DEALS, ON_DEALS, "deal", "value", value="12"),
    *employments(CONTACTS, COMPANIES),
    *contacts_of_deals(),
    *screens_of(
        REQUESTS,
        ON_REQUESTS,
        "request",
        new=NEW_REQUEST,
        columns=["name", "state"],
        words="request ",
    ),
    *bulk_of_every_kind(REQUESTS, ON_REQUESTS, "request set"),
    *bulk_of(REQUESTS, ON_REQUESTS, "request set", "state", ON_REQUESTS.change, state="done"),
    *inline_of(REQUESTS, ON_REQUESTS, "request", "owner", ON_REQUESTS.assign, owner="none"),
    *inline_of(REQUESTS, ON_REQUESTS, "request", "state", state="done"),
    *post(
        f"{REQUESTS}/<int:pk>/link/<slug:name>",
        ON_REQUESTS.view,
        ON_REQUESTS.change,
        ON_COMPANIES.view,
        of="request",
        changes=True,
        fixed={"name": "company"},
        data={"company": ""},
    ),
    *post(
        f"{REQUESTS}/<int:pk>/deal",
        ON_REQUESTS.view,
        ON_REQUESTS.change,
        ON_DEALS.add,
        of="request",
        changes=True,
    ),
    *post(
        f"{REQUESTS}/<int:pk>/lead",
        ON_REQUESTS.view,
        ON_REQUESTS.change,
        ON_LEADS.add,
        of="request",
        changes=True,
    ),
]
