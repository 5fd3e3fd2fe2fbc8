"""Umbra ERP: every call on its page, the five status words, IDs with a prefix, and what its page leaves open."""

from datetime import UTC

import pytest

from crm.records.history.verb_execution import operation
from leads.api.umbra.lead_rows import build_public_user_id
from leads.models import Lead, Source, Status
from tests.conftest import make_user

LEADS = "/v1/crm/leads"
NEW = {"first_name": "John", "last_name": "Doe", "email": "john@example.com"}
NOT_FOUND = {"result": "error", "message": "Lead not found."}


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("John Doe", owner=ann, email="john@example.com", company="Acme Corp")


def test_an_empty_list_succeeds(program):
    assert program.get(LEADS) == {"result": "success", "leads": [], "total_count": 0}


def test_a_lead_is_shown_as_on_the_products_page(program, lead, ann):
    found = program.get(LEADS)
    assert found == {
        "result": "success",
        "leads": [
            {
                "id": lead.public_id,
                "first_name": "John",
                "last_name": "Doe",
                "email": "john@example.com",
                "company": "Acme Corp",
                "status": "new",
                "assigned_to": build_public_user_id(ann.pk),
                "created_at": lead.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        ],
        "total_count": 1,
    }


def test_the_example_on_the_page_creates_a_lead(program):
    sent = {**NEW, "company": "Acme Corp", "source": "website", "phone": "+263771234567"}
    answer = program.post(LEADS, sent)
    lead = Lead.objects.get()
    assert answer == {"result": "success", "lead_id": lead.public_id, "message": "Lead created successfully."}
    shown = program.get(f"{LEADS}/{lead.public_id}")
    assert shown["result"] == "success"
    assert shown["lead"] | sent | {"notes": "", "status": "new"} == shown["lead"]


def test_the_example_on_the_page_changes_a_lead(program, lead):
    answer = program.put(
        f"{LEADS}/{lead.public_id}", {"status": "qualified", "notes": "Interested in enterprise plan"}
    )
    assert answer == {"result": "success", "message": "Lead updated successfully."}
    lead.refresh_from_db()
    assert (lead.status.kind, lead.description) == ("qualified", "Interested in enterprise plan")


def test_a_deleted_lead_is_gone_for_programs_and_in_trash_for_people(program, lead):
    answer = program.delete(f"{LEADS}/{lead.public_id}/")
    assert answer == {"result": "success", "message": "Lead deleted successfully."}
    for method in ("GET", "PUT", "DELETE"):
        assert program.call(method, f"{LEADS}/{lead.public_id}", {"notes": "x"}, expect=404) == NOT_FOUND
    assert Lead.objects.in_trash().get() == lead


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("new", "new"),
        ("contacted", "contacted"),
        ("qualified", "qualified"),
        ("proposal", "qualified"),
        ("won", "converted"),
        ("lost", "lost"),
        ("disqualified", "lost"),
    ],
)
def test_each_status_category_has_one_of_five_words(program, make_lead, ann, statuses, reasons, kind, word):
    reason = reasons.budget if kind in ("lost", "disqualified") else None
    lead = make_lead(owner=ann, status=kind, lost_reason=reason)
    assert program.get(f"{LEADS}/{lead.public_id}")["lead"]["status"] == word
    assert program.get(f"{LEADS}?status={word}")["total_count"] == 1
    assert program.get(f"{LEADS}?status={'new' if word != 'new' else 'lost'}")["leads"] == []
    program.put(f"{LEADS}/{lead.public_id}", {"status": word})
    lead.refresh_from_db()
    assert (lead.status.kind, lead.version) == (kind, 1)


@pytest.mark.parametrize(
    ("word", "kind"), [("converted", "won"), ("lost", "lost"), ("contacted", "contacted")]
)
def test_a_word_sets_the_first_status_of_its_category(program, lead, make_status, reasons, word, kind):
    make_status("Later", kind=kind, position=90)
    make_status("Earlier", kind=kind, position=0)
    program.put(f"{LEADS}/{lead.public_id}", {"status": word})
    lead.refresh_from_db()
    assert lead.status.name == "Earlier"
    assert lead.lost_reason == (reasons.not_stated if kind == "lost" else None)


def test_a_pipeline_without_such_a_status_returns_an_error(program, lead, statuses):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.won.pk).update(retired=True)
    assert "status" in program.put(f"{LEADS}/{lead.public_id}", {"status": "converted"}, expect=422)["errors"]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("website", "website"),
        ("referral", "referral"),
        ("cold_call", "cold_call"),
        ("event", "event"),
        ("other", "other"),
        ("paid_ads", "other"),
        ("partner", "other"),
    ],
)
def test_each_source_has_one_of_five_words(program, make_lead, ann, sources, kind, word):
    lead = make_lead(owner=ann, source=kind)
    shown = program.get(f"{LEADS}/{lead.public_id}")["lead"]
    assert shown["source"] == word
    program.put(f"{LEADS}/{lead.public_id}", shown)
    lead.refresh_from_db()
    assert (lead.source, lead.version) == (getattr(sources, kind), 1)


def test_a_source_without_its_own_word_is_other(program, sources):
    pk = program.post(LEADS, NEW)["lead_id"]
    assert program.get(f"{LEADS}/{pk}")["lead"]["source"] == "other"
    with operation("test", by=None):
        Source.objects.filter(kind="event").update(retired=True)
    pk = program.post(LEADS, {**NEW, "source": "event"})["lead_id"]
    assert program.get(f"{LEADS}/{pk}")["lead"]["source"] == "other"


def test_the_list_can_be_filtered_by_owner_and_paged(program, make_lead, ann, bob):
    mine = [make_lead(f"Lead {number}", owner=ann) for number in range(3)]
    make_lead("Bob's", owner=bob)
    found = program.get(f"{LEADS}?assigned_to={build_public_user_id(ann.pk)}&limit=2")
    assert [row["id"] for row in found["leads"]] == [mine[2].public_id, mine[1].public_id]
    assert found["total_count"] == 3
    found = program.get(f"{LEADS}?assigned_to={build_public_user_id(ann.pk)}&limit=2&offset=2")
    assert [row["id"] for row in found["leads"]] == [mine[0].public_id]
    for stranger in ("user_xxxxxxxx", "nobody", build_public_user_id(999_999)):
        assert program.get(f"{LEADS}?assigned_to={stranger}") == {
            "result": "success",
            "leads": [],
            "total_count": 0,
        }


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("limit=-1", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999", "offset"),
        ("status=won", "status"),
        ("status=%00", "status"),
    ],
)
def test_invalid_url_parameters_are_named(program, query, name):
    answer = program.get(f"{LEADS}?{query}", expect=422)
    assert answer["result"] == "error"
    assert list(answer["errors"]) == [name]
    assert isinstance(answer["errors"][name], list)


def test_missing_fields_are_named(program):
    answer = program.post(LEADS, {"company": "Acme"}, expect=422)
    assert sorted(answer["errors"]) == ["email", "first_name", "last_name"]
    assert answer["errors"]["email"] == ["This field is required."]
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "nowhere"),
        ("email", None),
        ("first_name", ""),
        ("first_name", ["x"]),
        ("last_name", "a\0b"),
        ("status", "won"),
        ("source", "radio"),
        ("assigned_to", "user_1"),
        ("assigned_to", 5),
        ("phone", "1" * 61),
        ("notes", "x" * 50_001),
        ("company", {"a": 1}),
        ("company", "\ud800"),
    ],
)
def test_an_invalid_value_is_named(program, lead, name, value):
    assert list(program.post(LEADS, {**NEW, name: value}, expect=422)["errors"]) == [name]
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"null", b"\xff"])
def test_a_body_that_is_not_an_object_is_rejected(program, lead, body):
    for method, path in (("POST", LEADS), ("PUT", f"{LEADS}/{lead.public_id}")):
        assert program.call(method, path, body, expect=400)["result"] == "error"
    assert program.call("POST", LEADS, b"first_name=x", kind="application/x-www-form-urlencoded", expect=415)


@pytest.mark.usefixtures("stopped_clock")
def test_tokens_must_be_sent_as_bearer(umbra, ann, bob):
    program = umbra(ann, [])
    assert program.get(LEADS, expect=403)["result"] == "error"
    for header in (
        {},
        {"Authorization": "Basic x"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer x"},
    ):
        program.headers = header
        assert program.get(LEADS, expect=401)["result"] == "error"
        assert program.last["WWW-Authenticate"] == "Bearer"
    umbra(bob, calls_a_minute=1).get(LEADS)
    limited = umbra(bob, calls_a_minute=1)
    limited.get(LEADS)
    assert limited.get(LEADS, expect=429)["result"] == "error"


@pytest.mark.parametrize(
    "pk", ["lead_abc123", "lead_", "1", "lead_00000000", "user_1", "%00", "lead_" + "a" * 500]
)
def test_an_unknown_id_is_not_found(program, lead, pk):
    assert program.get(f"{LEADS}/{pk}", expect=404) == NOT_FOUND


def test_an_invisible_lead_is_not_found_either(program, make_lead, departments):
    foreign = make_lead("Foreign", department=departments.export)
    for method in ("GET", "PUT", "DELETE"):
        assert program.call(method, f"{LEADS}/{foreign.public_id}", {"notes": "x"}, expect=404) == NOT_FOUND


def test_users_without_the_assign_permission_own_the_leads_they_create(umbra, bob, ann):
    pk = umbra(bob).post(LEADS, NEW)["lead_id"]
    assert umbra(bob).get(f"{LEADS}/{pk}")["lead"]["assigned_to"] == build_public_user_id(bob.pk)
    umbra(bob).put(f"{LEADS}/{pk}", {"assigned_to": build_public_user_id(ann.pk)}, expect=422)
    pk = umbra(ann).post(LEADS, {**NEW, "assigned_to": build_public_user_id(bob.pk)})["lead_id"]
    umbra(ann).put(f"{LEADS}/{pk}", {"assigned_to": None})
    assert umbra(ann).get(f"{LEADS}/{pk}")["lead"]["assigned_to"] == ""


def test_a_lead_without_a_department_or_status_for_it_is_not_created(umbra, ann):
    homeless = umbra(make_user("homeless", "rep"))
    assert "no department" in homeless.post(LEADS, NEW, expect=422)["message"]
    with operation("test", by=None):
        Status.objects.update(is_default=False)
        Status.objects.update(retired=True)
    assert "no status" in umbra(ann).post(LEADS, NEW, expect=422)["message"]
    assert not Lead.objects.exists()


def test_a_lead_must_keep_a_name_or_contact(program, lead):
    empty = dict.fromkeys(["first_name", "last_name", "email", "company", "phone"], "")
    assert program.put(f"{LEADS}/{lead.public_id}", empty, expect=422)["result"] == "error"


def test_idempotency_keys_work_here_too(program):
    key = {"Idempotency-Key": "k"}
    assert program.post(LEADS, NEW, **key) == program.post(LEADS, NEW, **key)
    assert Lead.objects.count() == 1


def test_far_pages_continue_the_order_of_the_near_ones(umbra, bob, make_lead, monkeypatch):
    for number in range(9):
        make_lead(f"Lead {number}", owner=bob if number % 2 else None)
    near = [umbra(bob).get(f"{LEADS}?limit=2&offset={offset}")["leads"] for offset in range(0, 10, 2)]
    monkeypatch.setattr("leads.api.umbra.umbra_leads.NEAR", 0)
    assert [umbra(bob).get(f"{LEADS}?limit=2&offset={offset}")["leads"] for offset in range(0, 10, 2)] == near
    assert [row["last_name"] for page in near for row in page] == [str(number) for number in range(8, -1, -1)]
