"""API v2: Trash has what its page has, and restores as the page restores."""

import re

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from tests.customers.conftest import make_deal, make_request
from tests.merged import as_merged

__all__ = ["make_deal", "make_request"]
pytestmark = pytest.mark.django_db

TRASH = "/api/v2/leads/trash"


def delete(record, by) -> Operation:
    return carry_out(Delete(), type(record).objects.filter(pk=record.pk), by=by).operation


@pytest.fixture
def two(make_lead, ann, conrad):
    """One that Ann has deleted and one that Conrad has, and one that is there."""
    found = [make_lead(name, owner=ann) for name in ("Eva Berg", "Adam Stone", "Zoe Novák")]
    return found[:2], [delete(found[0], ann), delete(found[1], conrad)]


def test_trash_says_who_deleted_what_and_when(two, ann, conrad, umbra):
    leads, operations = two
    found = umbra(ann).get(f"{TRASH}?sort=id")
    assert found["next"] is None
    for row, lead, done, who in zip(found["trash"], leads, operations, (ann, conrad), strict=True):
        lead.refresh_from_db()
        assert (row["record"]["id"], row["record"]["last_name"]) == (lead.pk, lead.last_name)
        assert {name: value for name, value in row.items() if name != "record"} == {
            "id": lead.pk,
            "deleted_at": lead.deleted_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "by": who.name,
            "user": who.pk,
            "operation": done.pk,
            "merged_into": None,
        }


def test_the_last_of_several_deletions_counts(two, ann, conrad, umbra):
    (lead, _other), _operations = two
    umbra(conrad).post(f"/api/v2/leads/{lead.pk}/restore")
    last = delete(lead, conrad)
    (row,) = umbra(ann).get(f"{TRASH}?q=Berg")["trash"]
    assert (row["operation"], row["by"]) == (last.pk, "Conrad")


# The parameters, and the names that Trash has then.
NARROWED = {
    "": {"Berg", "Stone"},
    "q=berg": {"Berg"},
    "vip=yes": set(),
    "vip=no&sort=-id": {"Berg", "Stone"},
}


@pytest.mark.parametrize("query", NARROWED)
def test_trash_is_narrowed_as_its_page(query, two, conrad, umbra, sign_in):
    found = {row["record"]["last_name"] for row in umbra(conrad).get(f"{TRASH}?{query}")["trash"]}
    page = sign_in(conrad).get(f"/admin/leads/trash?{query}").text
    assert found == NARROWED[query] == {name for name in ("Berg", "Stone", "Novák") if f" {name}" in page}


def test_trash_is_read_page_by_page(two, conrad, umbra):
    program = umbra(conrad)
    first = program.get(f"{TRASH}?limit=1&sort=id")
    second = program.get(f"{TRASH}?limit=1&sort=id&after={first['next']}")
    assert [row["id"] for row in (*first["trash"], *second["trash"])] == [lead.pk for lead in two[0]]
    assert second["next"] is None
    program.get(f"{TRASH}?limit=1&sort=-id&after={first['next']}", expect=400)


def test_a_merged_record_names_the_one_that_it_was_merged_into_if_the_user_sees_it(
    make_lead, ann, carla, umbra
):
    one, other = make_lead("Eva Berg", owner=ann), make_lead("Eva Berger", owner=ann)
    as_merged(one, other)
    (row,) = umbra(ann).get(TRASH)["trash"]
    assert (row["merged_into"], row["by"], row["user"]) == (other.pk, None, None)
    with operation("test", by=None):
        Lead.objects.filter(pk=other.pk).update(owner=carla, department=carla.departments.get())
    assert umbra(ann).get(TRASH)["trash"][0]["merged_into"] is None


def test_trash_is_for_users_who_may_delete(two, ann, bob, umbra, sign_in):
    assert sign_in(bob).get("/admin/leads/trash").status_code == 403
    umbra(bob).get(TRASH, expect=403)
    umbra(ann, ["leads.delete"]).get(TRASH, expect=403)
    assert len(umbra(ann, ["leads.get"]).get(TRASH)["trash"]) == 2


def test_a_colleagues_records_are_not_in_trash(two, carla, umbra):
    assert umbra(carla).get(TRASH)["trash"] == []


def test_trash_asks_the_database_no_more_for_more_records(
    two, make_lead, ann, umbra, django_assert_max_num_queries
):
    program = umbra(ann)
    program.get(TRASH)
    for number in range(20):
        delete(make_lead(f"Ana {number}", owner=ann), ann)
    with django_assert_max_num_queries(22):
        assert len(program.get(TRASH)["trash"]) == 22


# Restoring


def get_outcome(lead) -> tuple:
    """Whether it is in Trash, and what was recorded since."""
    lead.refresh_from_db()
    done = Operation.objects.latest("pk")
    return lead.deleted_at is not None, done.kind, done.by_id, done.changed


def stay(lead, make_lead, user):
    """It is in Trash."""


def merge(lead, make_lead, user):
    as_merged(lead, make_lead("Eva Berger", owner=user))


def restore_before(lead, make_lead, user):
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(deleted_at=None)


def share(lead, make_lead, user):
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(shared=True)


# What happened to the record, who restores it, and the status.
RESTORED = {
    "in Trash": (stay, "ann", 200),
    "merged": (merge, "ann", 422),
    "restored already": (restore_before, "ann", 409),
    "without the permission": (stay, "bob", 403),
    "out of reach": (stay, "carla", 404),
    "seen, but not theirs to change": (share, "carla", 403),
}


@pytest.mark.parametrize("case", RESTORED)
def test_a_call_restores_what_the_button_restores(case, make_lead, cast, umbra, sign_in):
    happened, name, status = RESTORED[case]
    ann, user = cast.ann, getattr(cast, name)
    found = {}
    for way in ("page", "call"):
        lead = make_lead("Eva Berg", owner=ann)
        delete(lead, ann)
        happened(lead, make_lead, ann)
        if way == "page":
            sign_in(user).post(f"/admin/leads/{lead.pk}/restore")
        else:
            answer = umbra(user).post(f"/api/v2/leads/{lead.pk}/restore", expect=status)
        found[way] = get_outcome(lead)
    assert found["page"] == found["call"]
    assert found["call"][0] == (case not in ("in Trash", "restored already"))
    if status == 200:
        done = Operation.objects.latest("pk")
        assert (answer["operation"], answer["id"], done.channel) == (done.pk, lead.pk, "api")
        assert answer["version"] == lead.version


@pytest.mark.parametrize("kind", KINDS)
def test_records_of_every_type_are_deleted_listed_and_restored(
    kind, make_lead, make_company, make_contact, make_deal, make_request, ada, umbra
):
    make = {"lead": make_lead, "company": make_company, "contact": make_contact, "deal": make_deal}
    record = (make | {"request": make_request})[kind]("Some")
    many, program = KINDS[kind].urls, umbra(ada)
    before = program.get(f"/api/v2/{many}/count")["count"]
    program.delete(f"/api/v2/{many}/{record.pk}")
    (row,) = program.get(f"/api/v2/{many}/trash")["trash"]
    assert (row["id"], row["by"], row["record"]["id"]) == (record.pk, "Ada", record.pk)
    assert program.get(f"/api/v2/{many}/count")["count"] == before - 1
    restored = program.post(f"/api/v2/{many}/{record.pk}/restore")
    assert program.get(f"/api/v2/{many}/{record.pk}")["version"] == restored["version"]
    assert program.get(f"/api/v2/{many}/trash")["trash"] == []


def test_a_refusal_has_the_sentence_of_the_page(make_lead, ann, umbra, sign_in):
    lead = make_lead("Eva Berg", owner=ann)
    as_merged(lead, make_lead("Eva Berger", owner=ann))
    page = sign_in(ann).post(f"/admin/leads/{lead.pk}/restore", follow=True).text
    (error,) = umbra(ann).post(f"/api/v2/leads/{lead.pk}/restore", expect=422)["errors"]
    assert re.sub(r"\s+", " ", error["detail"]) in re.sub(r"\s+", " ", page)
