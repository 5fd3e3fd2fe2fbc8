"""API v2, phone systems: a call is logged on the record with its number."""

import pytest

from crm.fields.types.phones import normalize_phone
from crm.models import Activity, Operation
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Lead
from tests.api.v2.test_lists_and_changes import named

CALLS = "/api/v2/calls"
PHONE = "+40722123456"


@pytest.fixture
def lead_with(make_lead, ann):
    """lead_with("+40 722 123 456", …): a lead of ann with this phone, or with this mobile."""

    def make(phone: str, name: str = "Eva Berg", field: str = "phone", **values) -> Lead:
        phones = {field: phone, f"{field}_normal": normalize_phone(phone)}
        return make_lead(name, **{"owner": ann, **phones, **values})

    return make


def test_a_call_is_logged_on_the_lead_with_the_number(program, ann, lead_with):
    lead = lead_with("0040 722 123 456")
    sent = {"phone": "+40 722-123-456", "direction": "incoming", "seconds": 95, "text": "Wants an offer"}
    answer = program.post(CALLS, sent | {"at": "2026-05-31T08:38:04Z"}, expect=201)
    assert (answer["of"], answer["record"], answer["added"], answer["others"]) == ("lead", lead.pk, False, [])
    call = program.get(program.last["Location"])
    assert (call["id"], call["version"]) == (answer["id"], answer["version"])
    shown = {name: call[name] for name in ("type", "direction", "outcome", "minutes", "at", "text", "user")}
    assert shown == {
        "type": "call",
        "direction": "incoming",
        "outcome": "reached",
        "minutes": 2,
        "at": "2026-05-31T08:38:04Z",
        "text": "Wants an offer",
        "user": ann.pk,
    }
    record = Operation.objects.latest("pk")
    assert (record.kind, record.channel) == ("add_activity", "api")
    revert_operation(record, by=ann)
    assert not Activity.objects.present().exists()


def test_a_call_without_length_and_outcome_was_not_answered(program, lead_with):
    lead_with(PHONE)
    program.post(CALLS, {"phone": PHONE}, expect=201)
    call = Activity.objects.get()
    assert (call.outcome, call.minutes, call.direction) == ("no_answer", None, "")


def test_the_timeline_says_who_called_whom(program, sign_in, ann, lead_with):
    lead = lead_with(PHONE)
    for direction in ("incoming", "outgoing"):
        program.post(CALLS, {"phone": PHONE, "direction": direction}, expect=201)
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}").content.decode()
    assert "logged an incoming call" in page
    assert "logged an outgoing call" in page


def test_a_mobile_is_found_too_and_a_company_by_its_phone(program, ann, lead_with, make_company):
    lead = lead_with(PHONE, field="mobile")
    company = make_company("Omnia", owner=ann, phone="+40733000111", phone_normal="+40733000111")
    assert program.post(CALLS, {"phone": PHONE}, expect=201)["record"] == lead.pk
    answer = program.post(CALLS, {"phone": "+40733000111"}, expect=201)
    assert (answer["of"], answer["record"]) == ("company", company.pk)


def test_a_number_without_country_code_is_of_the_country_of_the_department(program, lead_with):
    lead = lead_with(PHONE)
    assert program.post(CALLS, {"phone": "0722 123 456"}, expect=201)["record"] == lead.pk


def test_of_several_records_the_newest_changed_open_lead_gets_the_call(
    program, ann, lead_with, make_company, reasons
):
    older, newer = lead_with(PHONE, "Older"), lead_with(PHONE, "Newer")
    lost = lead_with(PHONE, "Lost", status="lost", lost_reason=reasons.budget)
    company = make_company("Omnia", owner=ann, phone=PHONE, phone_normal=PHONE)
    answer = program.post(CALLS, {"phone": PHONE}, expect=201)
    assert answer["record"] == newer.pk
    assert answer["others"] == [
        {"of": "lead", "record": older.pk},
        {"of": "lead", "record": lost.pk},
        {"of": "company", "record": company.pk},
    ]
    assert Activity.objects.get().record == newer.pk


def test_an_unknown_number_is_not_found_and_the_problem_says_which(program):
    problem = program.post(CALLS, {"phone": "0040 722 123 456"}, expect=404)
    assert PHONE in problem["detail"]
    assert not Activity.objects.exists()


def test_records_that_the_user_may_not_change_are_as_unknown(
    umbra, bob, ann, lead_with, departments, make_lead
):
    lead_with(PHONE, department=departments.export)
    lead_with(PHONE, owner=ann, shared=True)
    umbra(bob).post(CALLS, {"phone": PHONE}, expect=404)


def test_an_unknown_number_becomes_a_lead_if_that_is_wanted(program, ann):
    sent = {"phone": "+40 722 123 456", "create": True, "minutes": 3}
    answer = program.post(CALLS, sent, expect=201)
    lead = Lead.objects.get()
    assert (answer["record"], answer["added"], answer["others"]) == (lead.pk, True, [])
    assert (lead.phone_normal, lead.created_by) == (PHONE, ann)
    assert Activity.objects.get().record == lead.pk
    # The next call finds it.
    again = program.post(CALLS, sent, expect=201)
    assert (again["record"], again["added"], Lead.objects.count()) == (lead.pk, False, 1)


def test_a_lead_is_only_added_with_a_token_that_may_add_leads(umbra, ann):
    program = umbra(ann, rights=["activities.post", "leads.get"])
    problem = program.post(CALLS, {"phone": PHONE, "create": True}, expect=403)
    assert "leads" in problem["detail"]
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({}, "phone"),
        ({"phone": ""}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "1" * 61}, "phone"),
        ({"phone": PHONE, "direction": "sideways"}, "direction"),
        ({"phone": PHONE, "outcome": "sold"}, "outcome"),
        ({"phone": PHONE, "minutes": 1, "seconds": 60}, "seconds"),
        ({"phone": PHONE, "seconds": -1}, "seconds"),
        ({"phone": PHONE, "minutes": 1441}, "minutes"),
        ({"phone": PHONE, "at": "2026-05-31T08:38:04"}, "at"),
        ({"phone": PHONE, "at": "2999-01-01T00:00:00Z"}, "at"),
        ({"phone": PHONE, "text": "x" * 20_001}, "text"),
        ({"phone": PHONE, "create": "maybe"}, "create"),
        ({"phone": PHONE, "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_value_is_named(program, lead_with, sent, name):
    lead_with(PHONE)
    assert named(program.post(CALLS, sent, expect=422)) == [name]
    assert not Activity.objects.exists()


def test_the_same_key_logs_one_call(program, lead_with):
    lead_with(PHONE)
    for _twice in range(2):
        program.post(CALLS, {"phone": PHONE}, expect=201, **{"Idempotency-Key": "call 7"})
    assert Activity.objects.count() == 1
