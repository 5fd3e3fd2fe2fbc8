"""Every call on the vendors' pages on a fresh installation, and again when an administrator requires one more field."""

import pytest

from crm.records.history.verb_execution import operation
from leads.models import Lead, Status

NEW = {"first_name": "John", "last_name": "Doe", "email": "john@example.com"}


@pytest.fixture
def more_is_asked(request, statuses):
    """Every status except the one for new leads requires one more field."""
    if request.param:
        with operation("test", by=None):
            Status.objects.exclude(key="new").update(required_fields=["title"])
    return request.param


both = pytest.mark.parametrize("more_is_asked", [False, True], indirect=True, ids=["fresh", "one more field"])


@both
def test_every_call_on_the_crm_connect_pages_works(connect, ada, statuses, sources, more_is_asked):
    program, refused = connect(ada), 422 if more_is_asked else 200
    new = {"name": "Lead name", "source": sources.website.pk, "status": statuses.new.pk, "assigned": ada.pk}
    every = {key: status for key, status in vars(statuses).items() if status.is_for(Lead)}
    made = [program.post("/api/leads", new)["record_id"] for _status in every]
    assert len(program.get("/api/leads?nr_page=&per_page=")) == len(made)
    program.get(f"/api/leads/{made[0]}")
    program.get("/api/leads/search/test", expect=404)
    program.get("/api/leads/search/name")
    for pk, (key, status) in zip(made, every.items(), strict=True):
        expected = 200 if key == "new" else refused
        program.post("/api/leads", {**new, "status": status.pk}, expect=expected)
        program.put(f"/api/leads/{pk}", {**new, "status": status.pk}, expect=expected)
        # A won lead is converted, and read-only from then on.
        again = 422 if key == "won" and expected == 200 else 200
        program.put(f"/api/leads/{pk}", {"status": status.pk, "title": "Head"}, expect=again)
    program.put(
        f"/api/leads/{made[0]}",
        {"lost": 1},
        expect=refused if not Lead.objects.get(pk=made[0]).title else 200,
    )
    program.delete(f"/api/delete/leads/{made[0]}")
    for path in ("lead_statuses", "lead_sources"):
        pk = program.post(f"/api/{path}", {"name": "Another"})["record_id"]
        program.get(f"/api/{path}")
        program.get(f"/api/{path}/{pk}")
        program.put(f"/api/{path}/{pk}", {"name": "Another one"})
        program.delete(f"/api/delete/{path}/{pk}")


@both
@pytest.mark.parametrize("word", ["new", "contacted", "qualified", "converted", "lost"])
def test_every_call_on_the_umbra_erp_page_works(umbra, ada, more_is_asked, word):
    program, path = umbra(ada), "/v1/crm/leads"
    program.get(path)
    pk = program.post(path, {**NEW, "company": "Acme Corp", "source": "website", "phone": "+263771234567"})[
        "lead_id"
    ]
    program.get(f"{path}?status=new&assigned_to=user_456&limit=50")
    program.get(f"{path}/{pk}")
    refused = more_is_asked and word != "new"
    answer = program.put(
        f"{path}/{pk}", {"status": word, "notes": "Interested"}, expect=422 if refused else 200
    )
    assert answer["result"] == ("error" if refused else "success")
    if refused:
        assert list(answer["errors"]) == ["title"]
    program.delete(f"{path}/{pk}")


def test_leads_lost_by_programs_are_shown_separately_in_reports(connect, umbra, ada, new_lead, reasons):
    pk = connect(ada).post("/api/leads", new_lead)["record_id"]
    connect(ada).put(f"/api/leads/{pk}", {"junk": "1"})
    umbra(ada).put(f"/v1/crm/leads/{Lead(pk=pk).public_id}", {"status": "converted"})
    lost = umbra(ada).post("/v1/crm/leads", {**NEW, "status": "lost"})["lead_id"]
    found = Lead.objects.get(lost_reason__isnull=False)
    assert found.public_id == lost
    assert str(found.lost_reason) == "Not specified (API)"


def test_the_reason_used_by_programs_cannot_be_retired(sign_in, ada, reasons):
    answer = sign_in(ada).post(
        f"/admin/leads/lost-reasons/{reasons.not_stated.pk}", {"name": "Not specified (API)", "retired": "on"}
    )
    assert answer.status_code == 422
