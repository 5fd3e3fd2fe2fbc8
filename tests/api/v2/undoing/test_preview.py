"""API v2: the preview of an undo says what the page says before an undo, and changes nothing."""

import pytest

from crm.models import Job, Operation
from crm.records.history import multi_part_changes
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Edit
from leads.models import Lead
from tests.crm.records.history.multi_part_changes.parting import run, small_parts, whole
from tests.reading import close_up

__all__ = ["small_parts"]
pytestmark = pytest.mark.django_db(databases=["default", "progress"])

OPERATIONS = "/api/v2/operations"
PREVIEW = {"preview": True}


@pytest.fixture
def leads(make_lead, ann):
    return [make_lead(f"Ana {number}", owner=ann, city="Brno") for number in range(5)]


def change(leads, by, **values) -> Operation:
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    return carry_out(Edit(values), rows, by=by).operation


def leave(leads, record, user):
    """Nothing happens after the change."""


def change_one_again(leads, record, user):
    change(leads[:1], user, city="Iași")


def change_all_again(leads, record, user):
    change(leads, user, city="Iași")


# What happened after the change: the records that go back and that are kept, by reason, and what the page says.
CASES = {
    "nothing": (leave, 5, {}, ["This will undo the change to <b>5 leads</b>"]),
    "one was changed again": (
        change_one_again,
        4,
        {"changed_since": 1},
        ["This will undo the change to <b>4 leads</b>", "<b>1</b> record keeps its new values"],
    ),
    "all were changed again": (
        change_all_again,
        0,
        {"changed_since": 5},
        ["This will undo the change to <b>0 leads</b>", "<b>5</b> records keep their new values"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_preview_says_what_the_page_says_and_what_the_undo_then_does(case, leads, umbra, ada, sign_in):
    follow, back, reasons, sentences = CASES[case]
    record = change(leads, ada, city="Cluj")
    follow(leads, record, ada)
    before = list(Lead.objects.order_by("pk").values()), Operation.objects.count()
    path = f"{OPERATIONS}/{record.pk}/undo"
    found = umbra(ada).post(path, PREVIEW)
    assert (list(Lead.objects.order_by("pk").values()), Operation.objects.count()) == before
    assert (found["operation"], found["back"], found["kept"]) == (None, back, sum(reasons.values()))
    assert {row["reason"]: row["records"] for row in found["kept_by_reason"]} == reasons
    page = close_up(sign_in(ada).get(f"/admin/operations/{record.pk}/undo").text)
    for sentence in [*sentences, *(row["words"] for row in found["kept_by_reason"])]:
        assert sentence in page
    done = umbra(ada).post(path)
    assert (done["back"], done["kept"]) == (found["back"], found["kept"])


def test_a_preview_counts_the_records_that_go_to_trash(umbra, ann, statuses):
    program = umbra(ann)
    program.post("/api/v2/leads", {"last_name": "New"}, expect=201)
    record = Operation.objects.latest("pk")
    found = program.post(f"{OPERATIONS}/{record.pk}/undo", PREVIEW)
    assert (found["back"], found["to_trash"], found["lasting"]) == (1, 1, "")


def test_a_preview_of_a_change_in_parts_says_how_many_parts_it_is_about(
    small_parts, leads, umbra, ann, monkeypatch
):
    monkeypatch.setattr("crm.api.v2.bulk_changes.ROWS_AT_ONCE", 2)
    program = umbra(ann)
    job = program.post("/api/v2/leads/bulk", {"action": "vip", "filter": "all=1"}, expect=202)["job"]
    run(Job.objects.get(pk=job))
    path = f"{OPERATIONS}/{whole().pk}/undo"
    found = program.post(path, PREVIEW)
    assert (found["back"], found["parts_judged"], found["parts_unjudged"]) == (5, 3, 0)
    monkeypatch.setattr(multi_part_changes, "JUDGED_FOR", 0)
    found = program.post(path, PREVIEW)
    assert (found["parts_judged"], found["parts_unjudged"]) == (1, 2)
    assert not Job.objects.filter(kind="undo").exists()


def test_a_preview_is_refused_as_the_undo_is(leads, umbra, ada, dan):
    record = change(leads, ada, city="Cluj")
    path = f"{OPERATIONS}/{record.pk}/undo"
    umbra(ada).post(path)
    refused = umbra(ada).post(path, PREVIEW, expect=409)
    assert refused == umbra(ada).post(path, expect=409)
    umbra(dan).post(path, PREVIEW, expect=404)


def test_a_preview_takes_the_right_to_read_and_an_undo_does_not(leads, umbra, ada):
    path = f"{OPERATIONS}/{change(leads, ada, city='Cluj').pk}/undo"
    program = umbra(ada, ["operations.post"])
    assert "preview counts records" in program.post(path, PREVIEW, expect=403)["detail"]
    assert program.post(path, {"preview": False})["back"] == 5


@pytest.mark.parametrize("body", [{"preview": "perhaps"}, {"preview": None}, {"previw": True}, [1]])
def test_a_body_that_is_not_understood_undoes_nothing(body, leads, umbra, ada):
    path = f"{OPERATIONS}/{change(leads, ada, city='Cluj').pk}/undo"
    program = umbra(ada)
    program.post(path, body, expect=None)
    assert program.last.status_code in (400, 422)
    assert set(Lead.objects.values_list("city", flat=True)) == {"Cluj"}
