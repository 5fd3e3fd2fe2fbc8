"""The error table of both dialects, row by row: the code and the exact body."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.platform.web.transactions import Busy
from leads.models import Lead
from tests.api.conftest import Program

LEADS, UMBRA = "/api/leads", "/v1/crm/leads"
NECESSARY = "Your API token does not have the necessay permissions for the requested operation"
BUSY = "Someone else is changing this right now. Nothing was changed. Try again."
INVALID = "The given data was invalid."


def said(message: str) -> dict:
    return {"status": False, "message": message}


def invalid(**errors: str) -> dict:
    return {"status": False, "error": "validation_failed", "message": INVALID, "errors": errors}


# Method, path with {} for an existing lead, body, status code, response body. Each with all rights.
CONNECT = {
    "no rows in the list": (
        "GET",
        f"{LEADS}?created_after=2200-01-01",
        None,
        404,
        said("No data were found"),
    ),
    "no rows on a page": ("GET", f"{LEADS}?page=9", None, 404, said("No data were found")),
    "no rows on a bare page": ("GET", f"{LEADS}?nr_page=9&per_page=1", None, 404, said("No data were found")),
    "no rows found": ("GET", f"{LEADS}/search/nothing", None, 404, said("No data were found")),
    "an unknown id": ("GET", f"{LEADS}/999999", None, 404, said("No data were found")),
    "a bad id": ("GET", f"{LEADS}/abc", None, 404, said("Invalid Lead ID")),
    "a bad id to change": ("PUT", f"{LEADS}/abc", {"name": "x"}, 404, said("Invalid Lead ID")),
    "a bad id to delete": ("DELETE", f"/api/delete{LEADS[4:]}/abc", None, 404, said("Invalid Lead ID")),
    "update failed": ("PUT", f"{LEADS}/999999", {"name": "x"}, 404, said("Lead Update Fail.")),
    "delete failed": ("DELETE", f"/api/delete{LEADS[4:]}/999999", None, 404, said("Lead Delete Fail.")),
    "delete failed, the other way": ("DELETE", f"{LEADS}/999999", None, 404, said("Lead Delete Fail.")),
    "nothing to change": ("PUT", f"{LEADS}/{{}}", {}, 406, said("Data Not Acceptable OR Not Provided")),
    "no search term": (
        "GET",
        f"{LEADS}/search",
        None,
        400,
        said("Search term is required. Use /search/:term or ?q=term"),
    ),
    "nothing for a new lead": (
        "POST",
        LEADS,
        {},
        422,
        invalid(
            name="The Lead Name field is required.",
            source="The Source field is required.",
            status="The Status field is required.",
            assigned="The Assigned field is required.",
        ),
    ),
    "too long a name": (
        "PUT",
        f"{LEADS}/{{}}",
        {"name": "x" * 601},
        422,
        invalid(name="The Lead Name field cannot exceed 600 characters in length."),
    ),
    "a bad filter": ("GET", f"{LEADS}?page=0", None, 422, invalid(page="It is a number from 1 on.")),
    "an unknown method": ("PATCH", LEADS, None, 405, {"status": False, "error": "Unknown method"}),
    "an unknown resource": ("GET", "/api/invoices", None, 404, {"status": False, "error": "Unknown method"}),
}


@pytest.mark.parametrize("row", CONNECT)
def test_connect_responds_as_in_the_table(connect, ann, make_lead, row):
    method, path, sent, status, body = CONNECT[row]
    lead = make_lead(owner=ann)
    assert connect(ann).call(method, path.format(lead.pk), sent, expect=status) == body
    lead.refresh_from_db()
    assert (lead.version, Lead.objects.count()) == (1, 1)


def test_connect_says_what_is_wrong_with_each_token(connect, ann):
    assert Program("").get(LEADS, expect=401) == said("Token is not defined.")
    assert Program("x").get(LEADS, expect=401) == said("Invalid API token.")
    yesterday = timezone.localdate() - timedelta(days=1)
    assert connect(ann, expires_on=yesterday).get(LEADS, expect=401) == said("Token Time Expire.")
    assert connect(ann, ["leads.post"]).get(LEADS, expect=403) == said(NECESSARY)


@pytest.mark.usefixtures("stopped_clock")
def test_connect_rejects_too_many_calls_and_says_when_to_retry(connect, ann):
    program = connect(ann, calls_a_minute=1)
    program.get(LEADS, expect=404)
    assert program.get(LEADS, expect=429) == said("Too many calls.")
    limit, remaining, reset = (
        int(program.last[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")
    )
    assert (limit, remaining) == (1, 0)
    assert 0 <= reset - timezone.now().timestamp() <= 61


def test_a_status_or_source_in_use_is_not_deleted(connect, ada, make_lead, statuses, sources):
    make_lead(status="contacted", source="event")
    for path in (f"lead_statuses/{statuses.contacted.pk}", f"lead_sources/{sources.event.pk}"):
        for address in (f"/api/{path}", f"/api/delete/{path}"):
            answer = connect(ada).delete(address, expect=409)
            assert (answer["status"], list(answer)) == (False, ["status", "message"])


def error(message: str, **errors: list[str]) -> dict:
    return {"result": "error", "message": message} | ({"errors": errors} if errors else {})


NEEDED = ["This field is required."]
CALLS = {
    "a body that is none": ("POST", UMBRA, b"{", 400, error("The body of the request could not be read.")),
    "an unknown id": ("GET", f"{UMBRA}/lead_abc123", None, 404, error("Lead not found.")),
    "an unknown id to change": ("PUT", f"{UMBRA}/lead_abc123", {}, 404, error("Lead not found.")),
    "an unknown id to delete": ("DELETE", f"{UMBRA}/lead_abc123", None, 404, error("Lead not found.")),
    "an unknown method": ("PATCH", UMBRA, None, 405, error("This address does not know the method.")),
    "too large": ("POST", UMBRA, b"x" * 6_000_000, 413, error("The request is too large.")),
    "nothing for a new lead": (
        "POST",
        UMBRA,
        {},
        422,
        error(INVALID, first_name=NEEDED, last_name=NEEDED, email=NEEDED),
    ),
    "a word that there is not": (
        "PUT",
        f"{UMBRA}/{{}}",
        {"status": "won"},
        422,
        error(INVALID, status=['"won" is not a valid choice.']),
    ),
}


@pytest.mark.parametrize("row", CALLS)
def test_umbra_responds_as_in_the_table(umbra, ann, make_lead, row):
    method, path, sent, status, body = CALLS[row]
    lead = make_lead(owner=ann)
    assert umbra(ann).call(method, path.format(lead.public_id), sent, expect=status) == body
    lead.refresh_from_db()
    assert (lead.version, Lead.objects.count()) == (1, 1)


def test_umbra_says_what_is_wrong_with_each_token(umbra, ann):
    needed = error("An access token is needed: Authorization: Bearer <token>.")
    assert Program("").get(UMBRA, expect=401) == needed
    assert Program("x", "Authorization", "Bearer ").get(UMBRA, expect=401) == error(
        "The access token is not valid."
    )
    expired = umbra(ann, expires_on=timezone.localdate() - timedelta(days=1))
    assert expired.get(UMBRA, expect=401) == error("The access token has expired.")
    refused = error("This token or its user may not do this.")
    assert umbra(ann, ["leads.post"]).get(UMBRA, expect=403) == refused


def test_a_locked_lead_returns_409_in_both_dialects(connect, umbra, ann, make_lead, monkeypatch):
    def busy(*arguments):
        raise Busy

    lead = make_lead(owner=ann)
    for module in ("leads.api.connect.connect_leads.change_lead", "leads.api.lead_writing.change_lead"):
        monkeypatch.setattr(module, busy)
    assert connect(ann).put(f"{LEADS}/{lead.pk}", {"name": "x"}, expect=409) == said(BUSY)
    answer = umbra(ann).put(f"{UMBRA}/{lead.public_id}", {"notes": "x"}, expect=409)
    assert answer == error(BUSY)
