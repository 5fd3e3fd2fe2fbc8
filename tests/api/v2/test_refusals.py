"""API v2 misinterprets nothing: cursors, sorts, sets, unknown keys; and each problem says what is wrong."""

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import ChangeDepartment
from tests.api.conftest import Program
from tests.api.v2.test_lists_and_changes import BULK, LEADS, OPERATIONS, named


def refused(program, query: str, status: int = 400) -> dict:
    return program.get(f"{LEADS}?{query}", expect=status)


def test_a_damaged_cursor_or_one_of_another_list_is_rejected(program, umbra, bob, three):
    cursor = program.get(f"{LEADS}?limit=1")["next"]
    for query in (
        "after=nonsense",
        f"after={cursor}x",
        f"after={cursor}&sort=name",
        f"after={cursor}&vip=no",
    ):
        problem = refused(program, query)
        assert (problem["code"], named(problem)) == ("invalid_cursor", ["after"]), query
    assert refused(umbra(bob), f"after={cursor}")["code"] == "invalid_cursor"
    assert program.get(f"{LEADS}?limit=1&after={cursor}")["leads"][0]["id"] == three[1].pk


def test_a_cursor_with_a_deleted_status_is_rejected(program, three, statuses, monkeypatch):
    cursor = program.get(f"{LEADS}?limit=1&sort=status")["next"]
    monkeypatch.setattr("crm.fields.sort_segments.ValueSort.build_segments", lambda self, descending: [])
    assert refused(program, f"after={cursor}&sort=status")["code"] == "invalid_cursor"


def test_a_cursor_signed_with_a_previous_key_works_while_that_key_is_kept(program, three, settings):
    cursor = program.get(f"{LEADS}?limit=1")["next"]
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-" + "k" * 50
    assert refused(program, f"after={cursor}")["code"] == "invalid_cursor"
    settings.SECRET_KEY_FALLBACKS = [former]
    assert program.get(f"{LEADS}?limit=1&after={cursor}")["leads"][0]["id"] == three[1].pk


@pytest.mark.parametrize("sort", ["colour", "-colour", "--name", "first_name; drop"])
def test_an_unknown_sort_is_rejected(program, three, sort):
    problem = refused(program, f"sort={sort}")
    assert (problem["code"], named(problem)) == ("invalid_sort", ["sort"])
    assert "created_at" in problem["detail"]


def test_a_misspelled_body_key_changes_nothing(program, three):
    problem = program.post(BULK, {"action": "vip", "filter": "all=1", "preveiw": True}, expect=422)
    assert named(problem) == ["preveiw"]
    assert "preview" in problem["errors"][0]["detail"]
    problem = program.post(BULK, {"action": "vip", "filter": "all=1", "values": {"vip": True}}, expect=422)
    assert named(problem) == ["vip"]
    assert not Lead.objects.filter(vip=True).exists()


@pytest.mark.parametrize(
    "text",
    ["q=", "", "sort=name", "owner=&vip=no", "all=", "all=0", "all=yes", "all=1&vip=no", "limit=5", "sort=x"],
)
def test_a_filter_that_narrows_nothing_does_not_select_all_leads(program, three, text):
    program.post(BULK, {"action": "vip", "filter": text}, expect=400 if text == "sort=x" else 422)
    assert not Lead.objects.filter(vip=True).exists()


def test_only_all_selects_every_lead(program, three):
    assert program.post(BULK, {"action": "vip", "filter": "all=1"})["changed"] == 3


def test_search_requires_the_right_to_search(umbra, ann, three):
    program = umbra(ann, ["leads.get", "leads.put"])
    assert program.get(LEADS)["leads"]
    assert program.get(f"{LEADS}?q=berg", expect=403)["code"] == "forbidden"
    program.post(BULK, {"action": "vip", "filter": "q=berg", "preview": True}, expect=403)


def test_a_preview_requires_the_right_to_read(umbra, ann, three):
    program = umbra(ann, ["leads.put"])
    assert program.post(BULK, {"action": "vip", "ids": [three[0].pk], "preview": True}, expect=403)
    assert program.post(BULK, {"action": "vip", "ids": [three[0].pk]})["changed"] == 1


def test_problems_follow_rfc_9457(program, three):
    problem = refused(program, "limit=0", 422)
    assert program.last["Content-Type"] == "application/problem+json"
    assert problem["type"].endswith("/api/docs#invalid")
    assert (problem["status"], problem["code"]) == (422, "invalid")
    assert problem["title"]
    assert problem["errors"] == [{"parameter": "limit", "detail": "It is a number from 1 to 200."}]
    assert Program("").get(LEADS, expect=401)["code"] == "no_key"


def test_refused_has_the_same_shape_in_every_response(program, three):
    program.post(BULK, {"action": "vip", "ids": [three[0].pk]})
    answer = program.post(BULK, {"action": "vip", "ids": [three[0].pk, 999_999]})
    assert (answer["unchanged"], answer["refused"]) == (1, {"not_found": 1})
    assert program.get(f"{OPERATIONS}/{answer['operation']}")["refused"] == {"not_found": 1}
    assert program.get(OPERATIONS)["operations"][0]["refused"] == {"not_found": 1}


def test_every_time_has_the_same_format(program, three):
    program.post(BULK, {"action": "vip", "filter": "all=1"})
    times = [program.get(LEADS)["leads"][0]["created_at"], program.get(OPERATIONS)["operations"][0]["at"]]
    assert all(len(text) == len("2026-05-31T08:38:04Z") and text.endswith("Z") for text in times)


def test_null_for_an_owner_is_unassigned(program, three):
    answer = program.post(BULK, {"action": "assign", "filter": "all=1", "values": {"owner": None}})
    assert answer["changed"] == 3
    assert not Lead.objects.exclude(owner=None).exists()


def test_undo_accepts_no_unknown_field(program, three):
    made = program.post(BULK, {"action": "vip", "filter": "all=1"})["operation"]
    program.post(f"{OPERATIONS}/{made}/undo", {"despite_refusals": True}, expect=422)
    assert Operation.objects.latest("pk").pk == made


def test_an_undo_out_of_reach_is_rejected(program, three, ada, departments):
    made = program.post(BULK, {"action": "vip", "filter": "all=1"})["operation"]
    carry_out(ChangeDepartment(departments.export), Lead.objects.all(), by=ada)
    problem = program.post(f"{OPERATIONS}/{made}/undo", expect=409)
    assert problem["detail"] == "You can’t change any of these records now."


def test_a_token_with_a_limit_gets_the_number_of_calls_left(umbra, ann):
    program = umbra(ann, calls_a_minute=5)
    program.get(LEADS)
    assert program.last["X-RateLimit-Limit"] == "5"
    assert int(program.last["X-RateLimit-Remaining"]) < 5
    assert program.last["X-RateLimit-Reset"].isdecimal()


def test_an_unknown_url_is_a_problem_too(program):
    problem = program.get("/api/v2/nonsense", expect=404)
    assert (problem["code"], program.last["Content-Type"]) == ("not_found", "application/problem+json")
