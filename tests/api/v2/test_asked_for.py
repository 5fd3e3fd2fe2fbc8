"""A program asks for no more than it uses: some records by their ids, some fields, nothing that it has already; and for itself."""

import json

import pytest

from tests.api.v2.test_lists_and_changes import named

LEADS = "/api/v2/leads"


def raw(program, path: str, **headers) -> dict:
    """An answer with some of the fields only, which differs from the schema."""
    found = program.client.get(path, headers={**program.headers, **headers})
    assert found.status_code == 200, found.content
    return json.loads(found.content)


def test_records_are_found_by_their_ids_in_this_order(program, three):
    asked = f"{LEADS}?ids={three[2].pk},{three[0].pk},{three[2].pk}"
    assert [lead["id"] for lead in program.get(asked)["leads"]] == [three[2].pk, three[0].pk]
    assert program.get(asked)["next"] is None
    assert program.get(f"{LEADS}?ids={three[1].public_id}")["leads"][0]["id"] == three[1].pk


def test_ids_that_a_user_does_not_see_are_left_out(umbra, bob, ben, make_lead, three):
    own, others = make_lead("Own", owner=bob), make_lead("Other", owner=ben)
    found = umbra(bob).get(f"{LEADS}?ids={others.pk},{own.pk},{three[0].pk},999999")
    assert [lead["id"] for lead in found["leads"]] == [own.pk]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("ids=1,x", ["ids"]),
        ("ids=,", ["ids"]),
        ("ids=" + ",".join(["1"] * 201), ["ids"]),
        ("ids=1&sort=name&limit=5", ["sort", "limit"]),
        ("fields=id,nonsense", ["fields"]),
    ],
)
def test_wrong_ids_and_fields_are_refused(program, query, wrong):
    assert named(program.get(f"{LEADS}?{query}", expect=422)) == wrong


def test_only_the_fields_asked_for_are_sent_by_lists_single_records_and_changes(program, three):
    first = raw(program, f"{LEADS}?fields=id,last_name&sort=name&limit=1")["leads"]
    assert first == [{"id": three[1].pk, "last_name": "Novák"}]
    assert raw(program, f"{LEADS}?ids={three[0].pk}&fields=version") == {
        "leads": [{"version": 1}],
        "next": None,
    }
    assert raw(program, f"{LEADS}/{three[0].pk}?fields=custom_fields, tags") == {
        "tags": [],
        "custom_fields": {},
    }


def test_a_record_that_a_program_has_already_is_not_sent_again(program, three):
    path = f"{LEADS}/{three[0].pk}"
    program.get(path)
    etag = program.last["ETag"]

    def status(sent: str) -> int:
        found = program.client.get(path, headers={**program.headers, "If-None-Match": sent})
        assert (found.content == b"", found["ETag"]) == (found.status_code == 304, program.last["ETag"])
        return found.status_code

    assert [status(sent) for sent in (etag, f"W/{etag}", f'"7", {etag}', '"7"', "*", "x")] == [
        304,
        304,
        304,
        200,
        200,
        200,
    ]
    program.patch(path, {"city": "Cluj"})
    assert status(etag) == 200


def test_a_token_learns_whom_it_acts_for_and_what_it_can_do(umbra, bob, departments):
    found = umbra(bob, ["leads.get", "leads.delete", "users.get"], calls_a_minute=60).get("/api/v2/me")
    assert {name: found[name] for name in ("id", "name", "email", "departments", "sees_everything")} == {
        "id": bob.pk,
        "name": "Bob",
        "email": "bob@example.com",
        "departments": [departments.sales.pk],
        "sees_everything": False,
    }
    # Bob may not delete leads, so his token can't either.
    assert found["rights"] == [right for right in ("leads.get", "users.get") if right in found["rights"]]
    assert (found["calls_per_minute"], found["expires_on"]) == (60, None)
    assert umbra(bob, []).get("/api/v2/me")["rights"] == []
