"""What is true for every API call: slashes, empty and invalid bodies, every documented error."""

import gc
import json
import logging
import re
from datetime import date, timedelta

import psycopg
import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import Absence, Department, Holiday
from bookings.models import Booking, BookingPage
from crm.api.api_view import ApiView
from crm.api.token_scopes import get_all_rights
from crm.api.views.api_docs import get_schema
from crm.models import Activity, Job, Operation, SavedView, Tag, Task
from crm.platform.files.kept_file import KeptFile
from crm.platform.models.token import TokenUse, end_of_minute
from crm.platform.web.transactions import Busy
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.verbs import AddActivity
from crm.work.models.template import Template
from crm.work.tasks.verbs import AddTask
from customers.models import Company, ConsentPurpose, Deal, Employment, Request
from intake.forms.questions import FormQuestion
from intake.models import Submission, WebForm
from leads.models import Lead, LostReason, Pipeline, Rate, Source, SourceCost, Status
from mailings.models import Mailing, MailingList, Suppression
from reports.models import Dashboard, DashboardPart, Goal
from sequences.models import Enrollment
from tests.api.conftest import Program, make_token
from tests.automations.automating import make_automation
from tests.crm.work.activities.attaching import place_of
from tests.examples import dealt
from tests.matrix.asking import PART, undone
from tests.matrix.declared.api import API, Call
from tests.sequences.sequencing import build_step, make_sequence, start

UNKNOWN = 987_654_321
READING, SENDING = (
    [c for c in API if c.method in ("GET", "DELETE")],
    [c for c in API if c.method in ("POST", "PUT", "PATCH")],
)
# It has no fields: an empty list is as good as an empty body.
FIELDLESS = {
    call.name
    for call in SENDING
    if call.path.endswith(
        (
            "/test",
            "/activate",
            "/pause",
            "/resume",
            "/cancel",
            "/claim",
            "/continue",
            "/reset",
            "/restore",
            "activities/<str:pk>/send",
        )
    )
}
# The second parts of addresses with two.
PARTS = ("absence", "cost", "employment", "part")
DEEP = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
UNREADABLE = [b"{", b'{"a": "\xff"}', DEEP, b"[" * 50_000, b'{"a": NaN}']
SENSELESS = ["a\0b", "\ud800", ["x", {"y": []}], {"x": [1]}, True]


class Calls:
    """Each call once as intended, or with something changed; all its changes are undone."""

    def __init__(self, user, things: dict, names: dict) -> None:
        self.user, self.things, self.names = user, things, names
        self.secret = make_token(user)

    def make(self, call: Call, body=None, *, path: str = "", kind="application/json", secret=None, pk=None):
        """The status; Program checks that the response is documented."""
        secret = self.secret if secret is None else secret
        header = () if call.dialect == "connect" else ("Authorization", "Bearer ")
        if body is None:
            data = {name: self.filled(value) for name, value in call.data.items()}
            body = json.dumps(data) if call.method in ("POST", "PUT", "PATCH") else b""
        program = Program(secret, *header)
        with undone():
            program.call(call.method, self.address(call, pk) + path + call.query, body, kind=kind)
        return program.last.status_code

    def address(self, call: Call, pk=None) -> str:
        parts = {name: self.filled(value) for name, value in call.fixed.items()}
        if call.of:
            parts |= {part: self.things[f"one {part}"] for part in PARTS}
            pk = self.things[call.of] if pk is None else pk
            parts["pk"] = Lead(pk=pk).public_id if call.public else pk
        return "/" + PART.sub(lambda match: str(parts[match[1]]), call.path)

    def filled(self, value):
        return value.format_map(self.names) if isinstance(value, str) else value


def others(lead) -> dict[str, int]:
    """A deal and a request in the department of the lead."""
    of_lead = {"department": lead.department}
    stage = Status.objects.of_deals().active().in_order().first()
    with operation("test", by=None):
        deal = Deal.objects.create(name="Some", status=stage, lead=lead, **of_lead)
        request = Request.objects.create(subject="Some", **of_lead)
    return {"deal": deal.pk, "request": request.pk}


def add_deleted_copy(record) -> int:
    with operation("test", by=None):
        record.pk, record.deleted_at = None, timezone.now()
        record.save()
    return record.pk


def add_settings_rows() -> dict[str, int]:
    """A row of each list in Settings. Pipelines have one more, so each can be retired."""
    with operation("test", by=None):
        tag = Tag.objects.create(name="Some")
        pipelines = {
            purpose: Pipeline.objects.create(name=f"Some {purpose}", purpose=purpose)
            for purpose in Pipeline.Purpose
        }
        stage = Status.objects.create(name="Some", pipeline=pipelines["deals"], kind="contacted")
    return {
        "tag": tag.pk,
        "stage": stage.pk,
        "lost reason": LostReason.objects.order_by("pk")[0].pk,
        "pipeline": pipelines["leads"].pk,
        "extensions": pipelines["deals"].pk,
    }


def add_working_time(user) -> dict[str, int]:
    """A holiday and an absence. The user of an absence is its first part in addresses."""
    holiday = Holiday.objects.create(day=date(2040, 1, 1), name="Some")
    absence = Absence.objects.create(user=user, first=date(2040, 1, 1), last=date(2040, 1, 2))
    places = {"department": Department.objects.order_by("pk")[0].pk, "holiday": holiday.pk}
    return places | {"absent user": user.pk, "absence": user.pk, "one absence": absence.pk}


def add_amounts(source: Source) -> dict[str, int]:
    """An exchange rate, and a cost of the source, which is its first part in addresses."""
    rate = Rate.objects.create(currency="GBP", day=date(2026, 1, 1), rate=1)
    with operation("test", by=None):
        cost = SourceCost.objects.create(source=source, month=date(2026, 1, 1), amount=1)
    return {"rate": rate.pk, "cost": source.pk, "one cost": cost.pk}


def add_employment(contact) -> dict[str, int]:
    """A position of the contact, which is its first part in addresses."""
    with operation("test", by=None):
        row = Employment.objects.create(contact=contact, company=Company.objects.order_by("pk")[0])
    return {"contact employment": contact.pk, "one employment": row.pk}


def add_steering(user) -> dict[str, int]:
    """A goal, and a dashboard with a report, which is the second part of its address."""
    day = timezone.localdate()
    with operation("test", by=None):
        goal = Goal.objects.create(month=day.replace(day=1), user=user, measure="won", target=1)
    dashboard = Dashboard.objects.create(owner=user, name="Some")
    part = DashboardPart.objects.create(dashboard=dashboard, shipped="lost")
    return {"goal": goal.pk, "dashboard": dashboard.pk, "dashboard part": dashboard.pk, "one part": part.pk}


def add_mailings(user) -> dict[str, int]:
    """A draft to all leads, a mailing list, a suppressed address, and a purpose of consent."""
    with operation("test", by=None):
        address = Suppression.objects.create(address="some@qq.example", email_key="some@qq.example")
        values = {"department": Department.objects.order_by("pk")[0], "query": "all=1"}
        mailing = Mailing.objects.create(subject="Some", text="Some", by=user, **values)
        chosen = MailingList.objects.create(name="Some")
        purpose = ConsentPurpose.objects.create(name="Some")
    rows = {"mailing list": chosen, "suppression": address, "mailing": mailing, "consent purpose": purpose}
    return {name: row.pk for name, row in rows.items()}


def add_booking(lead: Lead, user) -> dict[str, int]:
    """A booking page, and a meeting in a year that was booked through it."""
    given = {"name": "Some", "slug": "some"}
    with operation("test", by=None):
        questions = [FormQuestion("email", required=True).as_json()]
        source = Source.objects.order_by("pk")[0]
        form = WebForm.objects.create(department=lead.department, source=source, questions=questions, **given)
        page = BookingPage.objects.create(form=form, people=[user.pk], **given)
        at = timezone.now() + timedelta(days=365)
        of_lead = {"of": "lead", "record": lead.pk, "type": "meeting", "outcome": "planned"}
        meeting = Activity.objects.create(at=at, minutes=30, created_by=user, **of_lead)
    sent = Submission.objects.create(form=form, state="lead", address="", nonce="some")
    booking = Booking.objects.create(page=page, submission=sent, activity=meeting, zone="UTC")
    return {"booking page": page.pk, "booking": booking.pk}


def add_file(record, make_field, user) -> int:
    """The number of a custom field in which the record has a file."""
    field = make_field("Some file", "file", of=record.table)
    kept = KeptFile("some.txt", 4, "text/plain", "", f"attached/{record.table}", has_thumbnail=False)
    place_of(kept.file).parent.mkdir(parents=True, exist_ok=True)
    place_of(kept.file).write_text("Some")
    rows = type(record).objects.filter(pk=record.pk)
    carry_out(KINDS[record.table].edit({field.name: kept}), rows, by=user)
    return field.definition.pk


@pytest.fixture
def calls(ada, make_lead, make_company, make_contact, make_hook, make_field, statuses, sources):
    lead = make_lead("Some Body", owner=ada, company="Some", email="some@example.cz")
    company, contact = make_company("Some"), make_contact("Some")
    record = Operation.objects.latest("pk")
    Operation.objects.filter(pk=record.pk).update(by=ada)
    job = Job.objects.create(kind="undo", user=ada)
    view = SavedView.objects.create(table="lead", owner=ada, name="Some", query="vip=yes")
    sequence = make_sequence("Some", build_step("call", title="Some"))
    start(sequence, ada, lead)
    things = {
        "lead": lead.pk,
        "company": company.pk,
        "contact": contact.pk,
        **others(lead),
        "operation": record.pk,
        "webhook": make_hook().pk,
        "automation": make_automation("Some", ada).pk,
        "sequence": sequence.pk,
        "view": view.pk,
        "own view": view.pk,
        "lead enrollment": Enrollment.objects.get().pk,
        "job": job.pk,
    }
    with operation("test", by=ada):
        things["template"] = Template.objects.create(name="Some", type="note", text="Some", owner=ada).pk
    things |= {"status": statuses.proposal.pk, "source": sources.event.pk}
    things |= add_settings_rows()
    carry_out(AddActivity(ada, "note", "Some"), Lead.objects.filter(pk=lead.pk), by=ada)
    things["lead note"] = Activity.objects.get().pk
    carry_out(AddTask(ada, {"title": "Some"}), Lead.objects.filter(pk=lead.pk), by=ada)
    things["one lead task"] = Task.objects.get().pk
    names = {"status": statuses.new.pk, "source": sources.website.pk, "lead": lead.pk, "company": company.pk}
    things |= add_booking(lead, ada)
    names["booking_page"] = things["booking page"]
    things |= add_working_time(ada) | add_mailings(ada) | add_amounts(sources.event) | add_employment(contact)
    things |= add_steering(ada)
    names |= {"department": lead.department_id, "month": f"{timezone.localdate():%Y-%m}"}
    names |= {"lead_sequence": sequence.pk, "contact_sequence": sequence.pk}
    for kind in KINDS.values():
        things[f"{kind.name} field"] = make_field("Some text", "text", of=kind.name).definition.pk
        choice = make_field("Some choice", "choice", of=kind.name, choices=["Some"])
        things[f"{kind.name} field with choices"] = choice.definition.pk
        things[f"binned {kind.name}"] = add_deleted_copy(kind.model.objects.get(pk=things[kind.name]))
        names[f"{kind.name}_file"] = add_file(kind.model.objects.get(pk=things[kind.name]), make_field, ada)
    return Calls(ada, things, {name: str(pk) for name, pk in names.items()})


@pytest.fixture
def nothing_written(calls):
    def state():
        tables = (Operation, Lead, Status, Source)
        return [table.objects.count() for table in tables], list(
            Lead.objects.values_list("version", "deleted_at")
        )

    before = state()
    yield
    assert state() == before


def wrong(calls: list[Call], ask, *wanted: int) -> list[str]:
    found = []
    for call in calls:
        status = ask(call)
        if status not in (wanted or call.answers):
            found.append(f"{call.name}: {status}")
    return found


@pytest.mark.parametrize(("slash", "every"), dealt(("", "/"), API))
def test_every_call_works_with_and_without_a_trailing_slash(calls, slash, every):
    assert wrong(every, lambda call: calls.make(call, path=slash)) == []


NOT_READ = [
    (b"", "application/json"),
    (b"{", "application/json"),
    (b"\xff", "multipart/form-data; boundary=x"),
    (b"{", "text/plain"),
]


@pytest.mark.parametrize(("sent", "reading"), dealt(NOT_READ, READING))
def test_calls_without_a_body_do_not_read_one(calls, sent, reading):
    body, kind = sent
    assert wrong(reading, lambda call: calls.make(call, body, kind=kind)) == []


def test_every_call_is_rejected_without_a_valid_token(calls, nothing_written):
    for secret in ("", "lw_nobody", "Bearer"):
        assert wrong(API, lambda call, secret=secret: calls.make(call, secret=secret), 401) == []


def test_every_call_is_rejected_without_the_tokens_right(calls, nothing_written):
    def ask(call):
        others = [right for right in get_all_rights() if right != call.token]
        return calls.make(call, secret=make_token(calls.user, others))

    assert wrong([call for call in API if call.token], ask, 403) == []


def test_every_call_is_counted_and_rejected_over_the_limit(calls, nothing_written, stopped_clock):
    secret = make_token(calls.user, calls_a_minute=1)
    token = calls.user.tokens.latest("pk")
    used = {"minute": end_of_minute(stopped_clock), "calls": 1}
    TokenUse.objects.update_or_create(token=token, defaults=used)
    assert wrong(API, lambda call: calls.make(call, secret=secret), 429) == []


def test_every_call_returns_404_for_unknown_ids(calls, nothing_written):
    assert wrong([call for call in API if call.of], lambda call: calls.make(call, pk=UNKNOWN), 404) == []


def test_every_call_rejects_ten_megabytes(calls, nothing_written, caplog):
    # Together they'd be gigabytes: what is logged of a request keeps it until the test ends, and its circles until garbage is looked for.
    caplog.set_level(logging.ERROR, "django.request")
    body = b"x" * 10_000_000
    for begin in range(0, len(SENDING), 20):
        assert wrong(SENDING[begin : begin + 20], lambda call: calls.make(call, body), 413) == []
        gc.collect()


@pytest.mark.parametrize(("body", "sending"), dealt(UNREADABLE, SENDING))
def test_every_call_rejects_an_unreadable_body(calls, nothing_written, body, sending):
    assert wrong(sending, lambda call: calls.make(call, body), 400) == []


@pytest.mark.parametrize(
    ("body", "sending"),
    dealt([b"[]", b"17", b'"text"', b"true"], [call for call in SENDING if call.name not in FIELDLESS]),
)
def test_every_call_rejects_a_body_that_is_not_an_object(calls, nothing_written, body, sending):
    assert wrong(sending, lambda call: calls.make(call, body), 400, 422) == []


def test_every_call_rejects_an_unknown_content_type(calls, nothing_written):
    assert wrong(SENDING, lambda call: calls.make(call, b"<x/>", kind="application/xml"), 415) == []


@pytest.mark.parametrize(("value", "sending"), dealt(SENSELESS, SENDING))
def test_every_call_rejects_an_invalid_value_in_any_field(calls, nothing_written, value, sending):
    found = []
    for call in sending:
        for name, valid in call.data.items():
            if isinstance(valid, bool) and isinstance(value, bool):
                continue
            body = {key: calls.filled(data) for key, data in call.data.items()} | {name: value}
            status = calls.make(call, json.dumps(body))
            if status not in (400, 422):
                found.append(f"{call.name} {name}: {status}")
    assert found == []


@pytest.mark.parametrize(("dialect", "status"), [("umbra", 400), ("connect", 200)])
def test_a_body_with_only_unknown_fields_changes_nothing(calls, nothing_written, dialect, status):
    """CRM Connect's own clients send fields that it doesn't know."""
    changing = [call for call in SENDING if call.method == "PUT" and call.dialect == dialect]
    assert changing
    assert wrong(changing, lambda call: calls.make(call, b'{"nonsense": {"a": [1]}}'), status) == []


def test_api_v2_rejects_unknown_fields_and_parameters(calls, nothing_written):
    own = [call for call in API if call.dialect == "own"]
    sending = [call for call in own if call in SENDING]
    assert wrong(sending, lambda call: calls.make(call, b'{"nonsense": {"a": [1]}}'), 422) == []
    assert wrong(own, lambda call: calls.make(call, path="?nonsense=1"), 422) == []


@pytest.mark.parametrize(("answer", "asked"), dealt([("busy", 409), ("slow", 503)], API))
def test_every_call_has_a_documented_response_for_a_busy_database(
    calls, nothing_written, monkeypatch, answer, asked
):
    fault, status = answer

    def broken(*arguments):
        raise Busy if fault == "busy" else OperationalError from psycopg.errors.QueryCanceled()

    monkeypatch.setattr(ApiView, "_run_in_transaction", broken)
    assert wrong(asked, lambda call: calls.make(call), status) == []


def test_the_documentation_lists_the_errors_from_the_tests_above():
    besides = {"200", "201", "202", "404", "406", "410", "412", "422"}
    for call in API:
        path = re.sub(r"<[^>]*?(\w+)>", lambda m: "{id}" if m[1] == "pk" else f"{{{m[1]}}}", call.path)
        named = set(get_schema()["paths"][f"/{path}"][call.method.lower()]["responses"]) - besides
        tried = {"400", "401", "403", "405", "409", "429", "503"}
        assert named == tried | ({"413", "415"} if call in SENDING else set()), call.name
