"""Leads that came in: counted by way and by owner, and listed with the reason of their owner."""

from io import BytesIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import formats, timezone
from openpyxl import load_workbook

from crm.models import Change, Import, Operation
from crm.records.history.verb_execution import operation
from customers.models import Request
from intake.models import IncomingCall, IncomingWebhook, Submission, WebForm
from leads.assignment.new_leads import assign_new_leads
from leads.models import Lead
from reports.engine.question import parse_question
from reports.incoming.incoming_lines import build_incoming_lines
from tests.leads.assignment.assigning import make_rule
from tests.reports.conftest import utc

Channel = Operation.Channel
ASKED = (
    "measure=incoming&measure=incoming_unassigned&measure=incoming_contacted&measure=incoming_waiting"
    "&basis=happened&period=today"
)


@pytest.fixture
def come_in(lead_of):
    """come_in("Lead 1", kind="add", channel="system"): adds it in an operation, which may do more."""

    def add(
        name: str, *, by=None, channel=Channel.WEB, kind="add", then=lambda record, lead: None, **values
    ) -> Lead:
        lead = lead_of(name, **values)
        with operation(kind, by=by, channel=channel, table="lead") as record:
            lead.save(force_insert=True)
            then(record, lead)
        return lead

    return add


@pytest.fixture
def arrived(come_in, cast, departments, sources):
    """A lead by each way, and one of another department."""
    with operation("test", by=None):
        form = WebForm.objects.create(
            name="Contact us", slug="us", department=departments.sales, source=sources.website
        )
        webhook = IncomingWebhook.objects.create(
            name="Lead ads", department=departments.sales, public_id="ads"
        )

    def submit(record, lead):
        Submission.objects.create(form=form, state="lead", lead=lead, address="a", nonce=str(lead.pk))

    def call(record, lead):
        IncomingCall.objects.create(webhook=webhook, state="added", of="lead", record=lead.pk)

    def ask(record, lead):
        Request.objects.create(subject="Hello", channel="email", lead=lead, department=departments.sales)

    def read_file(record, lead):
        Import.objects.create(
            user=cast.ann,
            name="fair.xlsx",
            table="lead",
            state="done",
            operation=record,
            ended_at=timezone.now(),
        )

    system, api, old = Channel.SYSTEM, Channel.API, utc("2026-01-05 10:00")
    return {
        "form": come_in("Form", channel=system, owner=cast.bob, then=submit),
        "webhook": come_in("Webhook", channel=api, then=call),
        "import": come_in(
            "Import", by=cast.ann, channel=Channel.IMPORT, kind="import", created_at=old, then=read_file
        ),
        "request": come_in("Request", by=cast.ann, kind="create_lead", owner=cast.ben, then=ask),
        "api": come_in("Api", by=cast.ann, channel=api, owner=cast.bob),
        "hand": come_in("Hand", by=cast.bob, owner=cast.bob, first_contacted_at=timezone.now()),
        "automatic": come_in("Automatic", channel=system),
        "elsewhere": come_in("Elsewhere", by=cast.dan, owner=cast.dan, department=departments.export),
    }


WAYS = {
    "Web form “Contact us”": "form",
    "Incoming webhook “Lead ads”": "webhook",
    "Import of fair.xlsx": "import",
    "Request (Email)": "request",
    "API, by a program of Ann": "api",
    "Added by Bob": "hand",
    "Automatic": "automatic",
}


def test_leads_are_counted_by_the_way_they_came_in(arrived, asked, numbers, listed, ann):
    found = asked(f"{ASKED}&by=way_in", ann)
    assert set(numbers(found)) == set(WAYS)
    for group in found.groups:
        lead = arrived[WAYS[group.texts[0]]]
        assert group.get_count("incoming") == 1
        assert listed(found, group, "incoming", ann) == {lead.pk}


def test_leads_are_counted_by_owner_and_by_whether_they_were_contacted(arrived, asked, numbers, ann):
    found = asked(f"{ASKED}&by=owner", ann)
    assert numbers(found) == {"Bob": (3, 0, 1, 2), "Unassigned": (3, 3, 0, 3), "Ben": (1, 0, 0, 1)}
    assert found.total.parts["incoming"] == 7


@pytest.mark.parametrize(
    ("part", "condition"),
    [
        ("incoming", "true"),
        ("incoming_unassigned", "l.owner_id IS NULL"),
        ("incoming_contacted", "l.first_contacted_at IS NOT NULL"),
        ("incoming_waiting", "l.first_contacted_at IS NULL"),
    ],
)
def test_each_number_and_its_list_are_those_of_plain_sql(
    arrived, asked, listed, departments, ann, part, condition
):
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT l.id FROM leads_lead l WHERE l.deleted_at IS NULL AND l.department_id = %s AND {condition}
                AND EXISTS (SELECT FROM crm_change c WHERE c."table" = 'lead' AND c."row" = l.id
                    AND c.kind = 'insert' AND c.at > now() - interval '1 hour')""",
            [departments.sales.pk],
        )
        plain = {pk for (pk,) in cursor.fetchall()}
    found = asked(f"{ASKED}&by=owner", ann)
    assert found.total.parts[part] == len(plain) > 0
    assert listed(found, found.total, part, ann) == plain


def test_a_lead_came_in_on_the_day_it_was_added_whatever_its_file_says(arrived, asked, ann):
    assert asked(ASKED, ann).total.get_count("incoming") == 7
    earlier = ASKED.replace("period=today", "period=between&from=2026-01-01&to=2026-01-31")
    assert asked(earlier, ann).total.get_count("incoming") == 0


def test_leads_of_other_departments_are_only_counted_for_those_who_see_them(arrived, asked, cast):
    assert asked(ASKED, cast.carla).total.get_count("incoming") == 1
    assert asked(ASKED, cast.conrad).total.get_count("incoming") == 8


def test_a_lead_in_trash_did_not_come_in(arrived, asked, ann):
    with operation("delete", by=ann):
        Lead.objects.filter(pk=arrived["hand"].pk).update(deleted_at=timezone.now())
    assert asked(ASKED, ann).total.get_count("incoming") == 6


def read_lines(user, query: str = "basis=happened&period=today") -> dict[str, list[str]]:
    lines = build_incoming_lines(parse_question(QueryDict(query), user), user, 100)
    return {line[1].text: [cell.text for cell in line[2:]] for line in lines}


def test_each_lead_is_listed_with_its_way_its_owner_and_the_reason(arrived, ann, cast):
    with operation("edit", by=cast.ann, channel=Channel.WEB):
        Lead.objects.filter(pk=arrived["webhook"].pk).update(owner=cast.ben)
    with operation("take", by=cast.ben, channel=Channel.WEB):
        Lead.objects.filter(pk=arrived["import"].pk).update(owner=cast.ben)
    at = timezone.localtime(Change.objects.filter(row=arrived["webhook"].pk).latest("id").at).strftime(
        "%H:%M"
    )
    lines = read_lines(ann)
    assert next(iter(lines)) == "Automatic"
    assert {name: cells[:3] for name, cells in lines.items()} == {
        "Form": ["Web form “Contact us”", "Bob", "Owner of the web form"],
        "Webhook": ["Incoming webhook “Lead ads”", "Ben", f"Assigned by Ann, {at}"],
        "Import": ["Import of fair.xlsx", "Ben", f"Taken by Ben, {at}"],
        "Request": ["Request (Email)", "Ben", "Owner of the request"],
        "Api": ["API, by a program of Ann", "Bob", "Owner set by the program"],
        "Hand": ["Added by Bob", "Bob", "Kept by the user who added it"],
        "Automatic": ["Automatic", "Unassigned", "No owner was chosen, and no rule assigned it"],
    }
    assert lines["Hand"][3].startswith("Contacted ")
    assert lines["Form"][3] == "Not contacted yet"


def test_a_lead_that_a_rule_assigned_is_listed_with_the_rule(come_in, ann, cast):
    make_rule("Romania", user=cast.ben)
    come_in(
        "Jan", channel=Channel.SYSTEM, then=lambda record, lead: assign_new_leads(record, [lead.pk], "form")
    )
    assert read_lines(ann)["Jan"][1:3] == ["Ben", "Rule “Romania”"]


def test_lines_keep_to_the_filters_and_the_scope_of_the_reader(arrived, cast):
    assert set(read_lines(cast.ann, f"basis=happened&period=today&owner={cast.ben.pk}")) == {"Request"}
    assert set(read_lines(cast.carla)) == {"Elsewhere"}
    assert set(read_lines(cast.bob)) >= {"Form", "Api", "Hand"}


def test_the_page_opens_with_today_and_names_each_lead(arrived, sign_in, ann):
    page = sign_in(ann).get("/admin/reports/incoming").content.decode()
    assert '<option value="today" selected>' in page
    today = formats.date_format(timezone.localdate(), "j F Y")
    assert f'<span class="count">{today}</span>' in page
    for text in ("Each lead", "Web form “Contact us”", f"/admin/leads/{arrived['form'].pk}"):
        assert text in page
    assert "Elsewhere" not in page


def test_the_workbook_has_a_line_for_each_lead(arrived, sign_in, ann):
    answer = sign_in(ann).get("/admin/reports/incoming/file")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    sheet = next(book[name] for name in book.sheetnames if "Each lead" in name)
    assert sheet.max_row == 8
    assert [cell.value for cell in sheet[1]] == ["Came in", "Lead", "Way in", "Owner", "Why", "Contact"]


def test_the_lines_take_as_many_queries_for_many_leads_as_for_a_few(come_in, arrived, ann):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            read_lines(ann)
        return len(queries)

    count()
    before = count()
    for number in range(10):
        come_in(f"More {number}", channel=Channel.SYSTEM)
    assert count() == before
