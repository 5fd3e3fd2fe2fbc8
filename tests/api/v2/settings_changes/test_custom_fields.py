"""API v2 adds, changes, moves and deletes custom fields as their pages do: the same rows, operations and refusals."""

import pytest

from crm.models import CustomField, Job, Operation
from crm.platform.jobs import JOB_KINDS
from crm.records.custom_fields.retype.jobs import LARGE
from crm.records.history.verb_execution import carry_out
from leads.kind import LEAD
from leads.models import Lead
from tests.api.page_and_call import assert_says_as_much, carry_out_by_call, carry_out_by_page
from tests.examples import one_in
from tests.leads.settings.api.stored_lists import read_lists

FIELDS, PAGE = "/api/v2/lead-custom-fields", "/admin/leads/fields"


@pytest.fixture
def fields(make_field, make_lead, ann):
    """A text that leads have, a choice, and a field that is only shown for it."""
    text = make_field("Course", help="Which one")
    choice = make_field("Size", "choice", choices=["Large", "Small"])
    shown = make_field("Room", shown_if={"field": choice.name, "values": ["o1"]})
    for name, value in (("Ana Albu", "12"), ("Ana Pop", "many")):
        lead = make_lead(name, owner=ann)
        carry_out(LEAD.edit({text.name: value, choice.name: "o1"}), Lead.objects.filter(pk=lead.pk), by=ann)
    return {"text": text.definition, "choice": choice.definition, "shown": shown.definition}


BASE = {"type": "text", "decimals": 0}
# What the page sends, and what a program sends.
NEW = {
    "a text": ({"name": "Plan"}, {"label": "Plan"}),
    "no label": ({"name": ""}, {"label": ""}),
    "a label in use": ({"name": "course"}, {"label": "course"}),
    "a label of a built-in field": ({"name": "Email"}, {"label": "Email"}),
    "a number with a unit": (
        {"name": "Weight", "type": "number", "decimals": 2, "unit": "kg", "first_value": "3"},
        {"label": "Weight", "type": "number", "decimals": 2, "unit": "kg", "default": "3"},
    ),
    "too many decimal places": (
        {"name": "Weight", "type": "number", "decimals": 9},
        {"label": "Weight", "type": "number", "decimals": 9},
    ),
    "a choice": (
        {"name": "Level", "type": "choice", "new_choices": "High\nLow"},
        {"label": "Level", "type": "choice", "choices": ["High", "Low"]},
    ),
    "a choice twice": (
        {"name": "Level", "type": "choice", "new_choices": "High\nhigh"},
        {"label": "Level", "type": "choice", "choices": ["High", "high"]},
    ),
    "a choice without any": ({"name": "Level", "type": "choice"}, {"label": "Level", "type": "choice"}),
    "a link": (
        {"name": "Agency", "type": "link", "links_to": "company", "other_side": "Referred"},
        {"label": "Agency", "type": "link", "links_to": "company", "other_side": "Referred"},
    ),
    "a link to nothing": ({"name": "Agency", "type": "link"}, {"label": "Agency", "type": "link"}),
    "a unique date": (
        {"name": "Day", "type": "date", "is_unique": "on"},
        {"label": "Day", "type": "date", "unique": True},
    ),
    "a formula": (
        {"name": "Length", "type": "formula", "formula": "1 + 2"},
        {"label": "Length", "type": "formula", "formula": "1 + 2"},
    ),
    "a formula with a mistake": (
        {"name": "Length", "type": "formula", "formula": "1 +"},
        {"label": "Length", "type": "formula", "formula": "1 +"},
    ),
    "shown for a status": (
        {"name": "Plan", "shown_field": "status", "shown_status": ["1"]},
        {"label": "Plan", "shown_if": {"field": "status", "values": ["1"]}},
    ),
    "shown for no value": (
        {"name": "Plan", "shown_field": "status"},
        {"label": "Plan", "shown_if": {"field": "status", "values": []}},
    ),
    "unknown roles": ({"name": "Plan", "roles": ["999"]}, {"label": "Plan", "roles": [999]}),
    "quick, required and in Romanian": (
        {"name": "Plan", "name_ro": "Plan ro", "help": "x", "help_ro": "y", "quick": "on", "required": "on"},
        {"label": "Plan", "label_ro": "Plan ro", "help": "x", "help_ro": "y", "quick": True, "required": True},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", one_in(3, NEW))
def test_a_field_is_added_as_on_its_page(case, fields, ada, sign_in, umbra):
    by_hand, body = NEW[case]
    page = carry_out_by_page(sign_in(ada), f"{PAGE}/new", BASE | by_hand, read_lists)
    assert_says_as_much(page, carry_out_by_call(umbra(ada), "POST", FIELDS, body, read_lists))


# The field, what the page sends besides what is there, and what a program sends.
CHANGED = {
    "a label": ("text", {"name": "Class"}, {"label": "Class"}),
    "retired": ("text", {"retired": "on"}, {"retired": True}),
    "retired although another one depends on it": ("choice", {"retired": "on"}, {"retired": True}),
    "one more choice": ("choice", {"new_choices": "Huge"}, {"choices": ["Huge"]}),
    "a choice that is there": ("choice", {"new_choices": "large"}, {"choices": ["large"]}),
    "unique with repeated values": ("text", {"is_unique": "on"}, {"unique": True}),
    "no help": ("text", {"help": ""}, {"help": ""}),
    "always shown": ("shown", {"shown_field": None}, {"shown_if": None}),
    "shown for another value": (
        "shown",
        {"shown_values": ["o2"]},
        {"shown_if": {"field": "choice", "values": ["o2"]}},
    ),
    "found by search": ("text", {"searched": "on"}, {"searched": True}),
    "required": ("text", {"required": "on"}, {"required": True}),
}


def posted(row: CustomField, fields, changes) -> dict:
    """What the page of a field sends."""
    data = {"name": row.name, "type": row.type, "help": row.help, "decimals": 0, "version": row.version}
    if row.shown_if:
        data |= {
            "shown_field": row.shown_if["field"],
            f"shown_{row.shown_if['field']}": row.shown_if["values"],
        }
    if "shown_values" in changes:
        changes = {f"shown_{fields['choice'].key}": changes["shown_values"]}
    return {name: value for name, value in {**data, **changes}.items() if value is not None}


@pytest.mark.parametrize("case", one_in(3, CHANGED))
def test_a_field_is_changed_as_on_its_page(case, fields, ada, sign_in, umbra):
    name, by_hand, body = CHANGED[case]
    row = fields[name]
    if (body.get("shown_if") or {}).get("field") == "choice":
        body = {"shown_if": {**body["shown_if"], "field": fields["choice"].key}}
    page = carry_out_by_page(sign_in(ada), f"{PAGE}/{row.pk}", posted(row, fields, by_hand), read_lists)
    assert_says_as_much(page, carry_out_by_call(umbra(ada), "PATCH", f"{FIELDS}/{row.key}", body, read_lists))


def test_what_a_program_reads_of_a_field_is_what_it_sends(fields, ada, umbra):
    program, path = umbra(ada), f"{FIELDS}/{fields['shown'].key}"
    read = program.get(path)
    assert read["shown_if"] == {"field": fields["choice"].key, "values": ["o1"]}
    assert program.last["ETag"] == f'"{read["version"]}"'
    sent = {
        name: value
        for name, value in read.items()
        if name not in ("key", "type", "links_to", "choices", "version")
    }
    assert program.patch(path, sent)["operation"] is None
    program.patch(path, {"help": "x"}, expect=412, **{"If-Match": '"99"'})
    for body in (
        {"type": "number"},
        {"choices": "x"},
        {"shown_if": 3},
        {"shown_if": {"field": "x", "values": []}},
    ):
        assert program.patch(path, body, expect=422)["errors"][0]["parameter"] in (*body, "field")
    program.get(f"/api/v2/company-custom-fields/{fields['shown'].key}", expect=404)


def test_a_field_moves_one_step(fields, ada, umbra):
    program = umbra(ada)
    done = program.post(f"{FIELDS}/{fields['choice'].key}/move", {"direction": "up"})
    assert [row["label"] for row in program.get(FIELDS)["lead_custom_fields"]] == ["Size", "Course", "Room"]
    assert Operation.objects.get(pk=done["operation"]).channel == "api"


def test_a_field_with_values_is_only_deleted_if_that_is_said(fields, ada, umbra):
    program = umbra(ada)
    assert (
        "Size"
        not in program.delete(f"{FIELDS}/{fields['choice'].key}?with_values=true", expect=409)["detail"]
    )
    path = f"{FIELDS}/{fields['text'].key}"
    problem = program.delete(path, expect=409)
    assert (problem["code"], "2" in problem["detail"]) == ("in_use", True)
    done = program.delete(f"{path}?with_values=true")
    program.get(path, expect=404)
    program.post(f"/api/v2/operations/{done['operation']}/undo", {})
    lead = Lead.objects.get(first_name="Ana", last_name="Albu")
    assert program.get(f"/api/v2/leads/{lead.pk}")["custom_fields"][fields["text"].key] == "12"


def test_a_choice_is_changed_deleted_and_replaced(fields, ada, umbra):
    program, path = umbra(ada), f"{FIELDS}/{fields['choice'].key}/choices"
    changed = program.patch(f"{path}/o2", {"label": "Tiny", "color": 20, "retired": True})
    assert changed["choices"][1] == {"key": "o2", "label": "Tiny", "color": 20, "retired": True}
    assert program.patch(f"{path}/o2", {"label": "large"}, expect=422)["errors"][0]["parameter"] == "label"
    assert program.patch(f"{path}/o1", {"retired": True}, expect=422)["errors"][0]["parameter"] == "retired"
    program.patch(f"{path}/o9", {"label": "x"}, expect=404)
    assert program.delete(f"{path}/o1", expect=409)["code"] == "in_use"
    assert (
        program.delete(f"{path}/o1?replace_with=o2", expect=422)["errors"][0]["parameter"] == "replace_with"
    )
    program.patch(f"{path}/o2", {"retired": False, "color": None})
    program.patch(f"{FIELDS}/{fields['shown'].key}", {"shown_if": None})
    done = program.delete(f"{path}/o1?replace_with=o2")
    assert [choice["retired"] for choice in done["choices"]] == [True, False]
    lead = Lead.objects.get(first_name="Ana", last_name="Albu")
    assert program.get(f"/api/v2/leads/{lead.pk}")["custom_fields"][fields["choice"].key] == "o2"
    assert {
        record.channel
        for record in Operation.objects.filter(kind__in=["edit_custom_field", "merge_custom_choices"])
    } == {"api"}


def test_a_type_is_previewed_refused_and_changed_as_on_its_page(fields, ada, sign_in, umbra):
    program, row = umbra(ada), fields["text"]
    path = f"{FIELDS}/{row.key}/type"
    preview = program.post(path, {"type": "number", "preview": True})["preview"]
    assert (preview["converting"], preview["failing"]) == (1, 1)
    assert [line["old"] for line in preview["failures"]] == ["many"]
    shown = sign_in(ada).get(f"{PAGE}/{row.pk}/type", {"type": "number"}).context
    assert (shown["converting"], shown["failing"]) == (1, 1)
    assert program.post(path, {"type": "number"}, expect=409)["code"] == "in_use"
    assert CustomField.objects.get(pk=row.pk).type == "text"
    page = carry_out_by_page(
        sign_in(ada),
        f"{PAGE}/{row.pk}/type",
        {"type": "choice", "asked": "choice", "version": row.version},
        read_lists,
    )
    assert_says_as_much(page, carry_out_by_call(program, "POST", path, {"type": "choice"}, read_lists))
    for body in ({"type": "link"}, {"type": "choice", "day_order": "day"}, {"type": "x"}):
        assert program.post(path, body, expect=422)["errors"][0]["parameter"] in body


def test_many_values_are_checked_and_changed_by_jobs(fields, ada, umbra, monkeypatch):
    assert LARGE > 2
    for name in ("field_types", "custom_field_calls"):
        monkeypatch.setattr(f"crm.api.v2.settings_changes.{name}.LARGE", 1)
    program, path, jobs = umbra(ada), f"{FIELDS}/{fields['text'].key}", []
    for body, kind in (({"preview": True}, "check_field_type"), ({}, "retype_custom_field")):
        job = program.post(f"{path}/type", {"type": "long_text", **body}, expect=202)["job"]
        assert Job.objects.get(pk=job).kind == kind
        jobs.append(Job.objects.get(pk=job))
    deletion = program.delete(f"{path}?with_values=true", expect=202)["job"]
    jobs.append(Job.objects.get(pk=deletion))
    assert jobs[-1].kind == "delete_custom_field"
    made = [JOB_KINDS[job.kind].work(job, lambda done, total: None) for job in jobs]
    assert [record.channel for record in made if record] == ["api", "api"]


def test_a_token_of_before_does_not_change_fields(fields, ada, ann, umbra):
    path = f"{FIELDS}/{fields['text'].key}"
    umbra(ada, ["leads.get", "leads.put", "leads.post", "leads.delete"]).patch(
        path, {"help": "x"}, expect=403
    )
    umbra(ann).patch(path, {"help": "x"}, expect=403)
    umbra(ann).get(path, expect=403)
    umbra(ada, ["custom_fields.put"]).patch(path, {"help": "x"})
