"""API v2, the small tables that records refer to: only what the token's user can see."""

import pytest

from crm.models import Tag
from crm.records.history.verb_execution import operation


@pytest.fixture
def listed(umbra, ann):
    def read(name: str, user=None) -> list[dict]:
        return umbra(user or ann).get(f"/api/v2/{name}")[name.replace("-", "_")]

    return read


def test_only_visible_users_and_departments_are_listed(listed, cast, departments):
    assert {row["name"] for row in listed("users")} >= {"Ann", "Bob", "Oscar"}
    assert not {"Carla", "Dan"} & {row["name"] for row in listed("users")}
    assert "Carla" in {row["name"] for row in listed("users", cast.ada)}
    assert [row["name"] for row in listed("departments")] == ["Sales"]
    assert len(listed("departments", cast.ada)) == 2


def test_a_colleagues_invisible_departments_are_omitted(listed, cast, departments):
    cast.bob.set_departments([departments.sales, departments.export])
    (bob,) = [row for row in listed("users") if row["name"] == "Bob"]
    assert bob["departments"] == [departments.sales.pk]


def test_statuses_include_their_required_fields(listed, statuses):
    rows = {row["id"]: row for row in listed("statuses")}
    assert rows[statuses.new.pk]["for_new_leads"]
    assert rows[statuses.lost.pk]["requires_lost_reason"]
    assert rows[statuses.won.pk]["category"] == "won"
    assert {row["pipeline"] for row in rows.values()} == {row["id"] for row in listed("pipelines")}


def test_sources_tags_and_lost_reasons_are_listed_with_their_names(listed, sources, reasons):
    with operation("test", by=None):
        Tag.objects.create(name="fair")
    website = {
        "id": sources.website.pk,
        "name": "Website",
        "category": "website",
        "color": sources.website.hue,
    }
    rest = {"contact_within": None, "retired": False, "version": sources.website.version}
    assert website | rest in listed("sources")
    assert [row["name"] for row in listed("tags")] == ["fair"]
    assert reasons.budget.pk in [row["id"] for row in listed("lost-reasons")]
