"""API v2 changes statuses, sources, tags, lost reasons and pipelines as their pages do: the same rows, operations and refusals."""

import pytest

from crm.models import Operation, Tag
from crm.records.history.verb_execution import operation
from leads.models import LostReason, Pipeline, Source, Status
from tests.api.page_and_call import assert_says_as_much, carry_out_by_call, carry_out_by_page
from tests.examples import one_in
from tests.leads.settings.api.stored_lists import read_lists
from tests.leads.settings.test_statuses import sent

STATUSES, SOURCES, TAGS = "/api/v2/statuses", "/api/v2/sources", "/api/v2/tags"
PAGES = "/admin/leads"


@pytest.fixture
def rows(make_lead, ann):
    """A row of each list by a short name; some are in use, and one is retired."""
    with operation("test", by=None):
        tag, gone = Tag.objects.create(name="hot"), Tag.objects.create(name="cold", retired=True)
        second = Pipeline.objects.create(name="Partners", position=2)
        Status.objects.create(name="First", pipeline=second, kind="new", is_default=True)
    found = {row.key: row for model in (Status, Source, LostReason) for row in model.objects.exclude(key="")}
    make_lead("Ana Albu", status="qualified", owner=ann)
    pipeline, deals = Pipeline.objects.get(name="Sales"), Pipeline.objects.of_deals()[0]
    return found | {"hot": tag, "gone": gone, "sales": pipeline, "second": second, "deals": deals}


# The row that is changed, what the page sends in addition to what is there, and what a program sends.
STATUS_CHANGES = {
    "a name": ("qualified", {"name": "Ready"}, {"name": "Ready"}),
    "a name with spaces": ("qualified", {"name": "  So   so "}, {"name": "  So   so "}),
    "a name that is in use": ("qualified", {"name": "won"}, {"name": "won"}),
    "no name": ("qualified", {"name": ""}, {"name": ""}),
    "a long name": ("qualified", {"name": "x" * 61}, {"name": "x" * 61}),
    "a color": ("qualified", {"hue": 70}, {"color": 70}),
    "an unknown color": ("qualified", {"hue": 71}, {"color": 71}),
    "a category of a status with leads": ("qualified", {"kind": "proposal"}, {"category": "proposal"}),
    "a category that is confirmed": (
        "qualified",
        {"kind": "proposal", "confirmed": "on"},
        {"category": "proposal", "confirmed": True},
    ),
    "an unknown category": ("qualified", {"kind": "x"}, {"category": "x"}),
    "a field that leads lack": ("qualified", {"required_fields": ["email"]}, {"required_fields": ["email"]}),
    "a field, confirmed": (
        "qualified",
        {"required_fields": ["email"], "confirmed": "on"},
        {"required_fields": ["email"], "confirmed": True},
    ),
    "a field that can't be required": ("qualified", {"required_fields": ["x"]}, {"required_fields": ["x"]}),
    "days": ("qualified", {"most_days": 9}, {"most_days": 9}),
    "no limit": ("qualified", {"most_days": ""}, {"most_days": None}),
    "too many days": ("qualified", {"most_days": 99_999}, {"most_days": 99_999}),
    "texts": (
        "qualified",
        {"meaning": "Ready", "next_action_prompt": "Call"},
        {"definition": "Ready", "next_action": "Call"},
    ),
    "new leads start in it": ("qualified", {"is_default": "on"}, {"for_new_leads": True}),
    "new leads start nowhere": ("new", {"is_default": None}, {"for_new_leads": False}),
    "retired": ("proposal", {"retired": "on"}, {"retired": True}),
    "the default one, retired": ("new", {"retired": "on"}, {"retired": True}),
    "new leads start in a lost one": ("lost", {"is_default": "on"}, {"for_new_leads": True}),
    "nothing": ("qualified", {}, {}),
}


@pytest.mark.parametrize("case", one_in(3, STATUS_CHANGES))
def test_a_status_is_changed_as_on_its_page(case, rows, ada, sign_in, umbra):
    name, by_hand, body = STATUS_CHANGES[case]
    status = rows[name]
    page = carry_out_by_page(
        sign_in(ada), f"{PAGES}/statuses/{status.pk}/edit", sent(status, **by_hand), read_lists
    )
    assert_says_as_much(
        page, carry_out_by_call(umbra(ada), "PATCH", f"{STATUSES}/{status.pk}", body, read_lists)
    )


# What the page sends, and what a program sends.
NEW_STATUSES = {
    "a name": ({"name": "Later"}, {"name": "Later"}),
    "a category": ({"name": "Later", "kind": "proposal"}, {"name": "Later", "category": "proposal"}),
    "a name in use": ({"name": "Won"}, {"name": "Won"}),
    "no name": ({}, {}),
    "in another pipeline": ({"name": "Won", "pipeline": "second"}, {"name": "Won", "pipeline": "second"}),
    "where new leads start": (
        {"name": "Later", "is_default": "on"},
        {"name": "Later", "for_new_leads": True},
    ),
    "texts and days": (
        {"name": "Later", "most_days": 3, "meaning": "x", "next_action_prompt": "y", "hue": 20},
        {"name": "Later", "most_days": 3, "definition": "x", "next_action": "y", "color": 20},
    ),
}


@pytest.mark.parametrize("case", NEW_STATUSES)
def test_a_status_is_added_as_on_its_page(case, rows, ada, sign_in, umbra):
    by_hand, body = NEW_STATUSES[case]
    first = {"pipeline": rows["sales"].pk, "kind": "contacted", "hue": 250}
    by_hand, body = (
        {name: rows["second"].pk if value == "second" else value for name, value in data.items()}
        for data in (by_hand, body)
    )
    page = carry_out_by_page(sign_in(ada), f"{PAGES}/statuses/new", first | by_hand, read_lists)
    assert_says_as_much(page, carry_out_by_call(umbra(ada), "POST", STATUSES, body, read_lists))


# The list, the row or "" for a new one, what the page sends, and what a program sends.
OTHERS = {
    "a new source": ("sources", "", {"name": "Fair", "kind": "event", "hue": 20, "contact_within": "90 min"},
                     {"name": "Fair", "category": "event", "color": 20, "contact_within": 90}),
    "a source without a limit": ("sources", "website", {"name": "Website", "kind": "website", "hue": 200},
                                 {"color": 200, "contact_within": None}),
    "a source with no time at all": ("sources", "website", {"name": "Website", "kind": "website", "hue": 200, "contact_within": "0 min"},
                                     {"color": 200, "contact_within": 0}),
    "a retired source": ("sources", "event", {"name": "Event", "kind": "event", "hue": 20, "retired": "on"},
                         {"color": 20, "retired": True}),
    "a source named like another": ("sources", "event", {"name": "website", "kind": "event", "hue": 20},
                                    {"name": "website", "color": 20}),
    "a new tag": ("tags", "", {"name": "fair"}, {"name": "fair"}),
    "a tag that was retired": ("tags", "", {"name": "cold"}, {"name": "cold"}),
    "a tag in use again": ("tags", "gone", {"name": "cold"}, {"retired": False}),
    "a tag with a new name": ("tags", "hot", {"name": "warm"}, {"name": "warm"}),
    "a tag without a name": ("tags", "hot", {"name": " "}, {"name": " "}),
    "a new lost reason": ("lost-reasons", "", {"name": "Moved"}, {"name": "Moved"}),
    "a retired lost reason": ("lost-reasons", "budget", {"name": "No budget", "retired": "on"}, {"retired": True}),
    "the lost reason of programs": ("lost-reasons", "not_stated", {"name": "Not specified (API)", "retired": "on"},
                                    {"retired": True}),
    "a new pipeline": ("pipelines", "", {"name": "Web", "purpose": "leads"}, {"name": "Web"}),
    "a copied pipeline": ("pipelines", "", {"name": "Web", "purpose": "leads", "copy_of": "second"},
                          {"name": "Web", "copy_of": "second"}),
    "a pipeline copied from one of deals": ("pipelines", "", {"name": "Web", "purpose": "leads", "copy_of": "deals"},
                                            {"name": "Web", "copy_of": "deals"}),
    "a pipeline named like another": ("pipelines", "second", {"name": "sales"}, {"name": "sales"}),
    "a pipeline of deals": ("deal-pipelines", "", {"name": "Web", "purpose": "deals"}, {"name": "Web"}),
}  # fmt: skip


def fill(data, rows):
    return {name: rows[value].pk if name == "copy_of" else value for name, value in data.items()}


@pytest.mark.parametrize("case", one_in(3, OTHERS))
def test_the_other_lists_are_changed_as_on_their_pages(case, rows, ada, sign_in, umbra):
    many, name, by_hand, body = OTHERS[case]
    screen = f"{PAGES}/{many.removeprefix('deal-')}/{rows[name].pk if name else 'new'}"
    edit = "/edit" if name and many == "sources" else ""
    page = carry_out_by_page(sign_in(ada), f"{screen}{edit}", fill(by_hand, rows), read_lists)
    one = f"/{rows[name].pk}" if name else ""
    method = "PATCH" if name else "POST"
    assert_says_as_much(
        page, carry_out_by_call(umbra(ada), method, f"/api/v2/{many}{one}", fill(body, rows), read_lists)
    )


def test_the_departments_of_a_pipeline_are_those_of_the_page(rows, ada, sign_in, umbra, departments):
    data = {"name": "Partners", "departments": [departments.sales.pk]}
    page = carry_out_by_page(sign_in(ada), f"{PAGES}/pipelines/{rows['second'].pk}", data, read_lists)
    path = f"/api/v2/pipelines/{rows['second'].pk}"
    assert_says_as_much(
        page, carry_out_by_call(umbra(ada), "PATCH", path, {"departments": data["departments"]}, read_lists)
    )


def test_a_stage_has_a_probability_and_no_limit_of_days(rows, ada, umbra):
    program = umbra(ada)
    made = program.post(
        "/api/v2/deal-stages", {"name": "Trial", "category": "proposal", "probability": 60}, expect=201
    )
    assert (made["pipeline"], made["probability"]) == (rows["deals"].pk, 60)
    path = f"/api/v2/deal-stages/{made['id']}"
    assert program.patch(path, {"probability": 101}, expect=422)["errors"][0]["parameter"] == "probability"
    assert program.patch(path, {"most_days": 3}, expect=422)["errors"][0]["parameter"] == "most_days"
    assert program.patch(path, {"probability": None})["probability"] is None
    program.get(f"{STATUSES}/{made['id']}", expect=404)


def test_what_a_change_answers_can_be_read_and_undone(rows, ada, umbra):
    program = umbra(ada)
    made = program.post(TAGS, {"name": "fair"}, expect=201, **{"Idempotency-Key": "1"})
    assert program.post(TAGS, {"name": "fair"}, expect=201, **{"Idempotency-Key": "1"}) == made
    assert Tag.objects.filter(name="fair").count() == 1
    path = f"{TAGS}/{made['id']}"
    program.post(TAGS, {"name": "show"}, expect=201)
    assert program.last["Location"] == f"{TAGS}/{Tag.objects.get(name='show').pk}"
    changed = program.patch(path, {"name": "trade fair"})
    assert program.get(path) == {key: value for key, value in changed.items() if key != "operation"}
    assert program.last["ETag"] == f'"{changed["version"]}"'
    assert Operation.objects.get(pk=changed["operation"]).kind == "edit_tag"
    assert program.patch(path, {"name": "trade fair"})["operation"] is None
    program.post(f"/api/v2/operations/{changed['operation']}/undo", {})
    assert program.get(path)["name"] == "fair"


def test_another_version_is_refused_and_nothing_changes(rows, ada, umbra):
    program, path = umbra(ada), f"{TAGS}/{rows['hot'].pk}"
    program.patch(path, {"name": "warm"}, expect=412, **{"If-Match": '"9"'})
    program.post(f"{path}/move", {"after": None}, expect=412, **{"If-Match": '"9"'})
    assert Tag.objects.get(pk=rows["hot"].pk).name == "hot"
    program.patch(path, {"name": "warm"}, **{"If-Match": '"1"'})


def test_values_of_another_type_and_unknown_fields_are_named(rows, ada, umbra):
    program, path = umbra(ada), f"{STATUSES}/{rows['qualified'].pk}"
    for body in ({"required_fields": "email"}, {"for_new_leads": "yes"}, {"definition": ["x"]}, {"nonsense": 1},
                 {"pipeline": rows["second"].pk}, {"color": {"x": 1}}, {"name": "a\0b"}):  # fmt: skip
        assert program.patch(path, body, expect=422)["errors"][0]["parameter"] == next(iter(body))
    body = {"name": "Later", "pipeline": rows["deals"].pk}
    assert program.post(STATUSES, body, expect=422)["errors"][0]["parameter"] == "pipeline"


def test_a_single_pipeline_can_be_named_for_a_new_status(statuses, ada, umbra):
    body = {"name": "Later", "pipeline": statuses.new.pipeline_id, "next_statuses": [statuses.won.pk]}
    made = umbra(ada).post(STATUSES, body, expect=201)
    assert (made["pipeline"], made["next_statuses"]) == (statuses.new.pipeline_id, [statuses.won.pk])


def test_each_call_takes_the_right_of_the_token_and_the_permission_of_its_user(rows, ada, ann, umbra):
    reads = ["lead_statuses.get", "lead_sources.get", "tags.get", "lead_statuses.put", "lead_statuses.post"]
    for user, rights, answer in ((ada, reads, 403), (ann, None, 403), (ada, None, 200)):
        program = umbra(user, rights)
        program.patch(f"{TAGS}/{rows['hot'].pk}", {}, expect=answer)
        program.get(f"{TAGS}/{rows['hot'].pk}")
    umbra(ada, ["settings_lists.put"]).get(f"{TAGS}/{rows['hot'].pk}", expect=403)


# What is moved behind which, None for the beginning.
PLACES = {
    "to the beginning": ("won", None),
    "behind another": ("new", "qualified"),
    "where it is": ("new", None),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_row_is_moved_as_on_its_page(case, rows, ada, sign_in, umbra):
    moved, after = (rows[name] if name else None for name in PLACES[case])
    place = after.pk if after else None
    screen = f"{PAGES}/statuses/order?row={moved.pk}"
    page = carry_out_by_page(sign_in(ada), screen, {"after": place or "first"}, read_lists)
    assert_says_as_much(
        page,
        carry_out_by_call(umbra(ada), "POST", f"{STATUSES}/{moved.pk}/move", {"after": place}, read_lists),
    )


def test_a_row_can_only_be_moved_behind_one_of_its_own_list(rows, ada, umbra):
    program = umbra(ada)
    foreign = Status.objects.get(pipeline=rows["second"]).pk
    program.post(f"{STATUSES}/{rows['new'].pk}/move", {"after": foreign}, expect=422)
    program.post(f"/api/v2/pipelines/{rows['sales'].pk}/move", {"after": rows["deals"].pk}, expect=422)
    program.post(f"/api/v2/pipelines/{rows['sales'].pk}/move", {"after": rows["second"].pk})
    assert list(Pipeline.objects.of_leads().in_order()) == [rows["second"], rows["sales"]]
