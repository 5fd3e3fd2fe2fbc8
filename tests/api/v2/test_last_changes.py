"""API v2 filters records by the time of their last change."""

import pytest

MANY = ["leads", "companies", "contacts", "deals", "requests"]


@pytest.mark.parametrize("many", MANY)
def test_every_list_takes_a_time_with_its_zone(many, umbra, ada):
    program = umbra(ada)
    for name in ("since", "after", "before"):
        program.get(f"/api/v2/{many}?updated_at.{name}=2026-05-31T08:38:04Z")
    problem = program.get(f"/api/v2/{many}?updated_at.since=2026-05-31T08:38:04", expect=422)
    assert "time zone" in problem["errors"][0]["detail"]


def test_a_program_reads_what_changed_since_its_last_call(umbra, ada, make_lead):
    make_lead("Ana Albu", updated_at="2026-03-05T10:00:00Z")
    make_lead("Ana Pop", updated_at="2026-03-05T10:00:01Z")
    rows = umbra(ada).get("/api/v2/leads?updated_at.since=2026-03-05T10:00:01Z")["leads"]
    assert [row["last_name"] for row in rows] == ["Pop"]
