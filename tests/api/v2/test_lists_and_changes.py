"""Our own additions: cursor pages with the filters of the list, bulk changes, operations and undo."""

import pytest

from crm.models import Job, Operation
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Lead

LEADS, BULK, OPERATIONS = "/api/v2/leads", "/api/v2/leads/bulk", "/api/v2/operations"


def named(problem: dict) -> list[str]:
    """The parameters that a problem names."""
    return [error["parameter"] for error in problem["errors"]]


def test_leads_come_page_by_page_with_a_cursor(program, three):
    first = program.get(f"{LEADS}?limit=2")
    assert [lead["id"] for lead in first["leads"]] == [three[2].pk, three[1].pk]
    second = program.get(f"{LEADS}?limit=2&after={first['next']}")
    assert [lead["id"] for lead in second["leads"]] == [three[0].pk]
    assert second["next"] is None


def test_lead_values_have_their_own_json_types(program, three, ann, statuses):
    lead = program.get(LEADS)["leads"][0]
    expected = {
        "id": three[2].pk,
        "owner": ann.pk,
        "status": statuses.new.pk,
        "kind": "new",
        "vip": False,
        "tags": [],
    }
    assert {name: lead[name] for name in expected} == expected
    assert lead["created_at"].endswith("Z")


def test_the_filters_sorts_and_search_of_the_list_work_here(program, three, make_lead):
    make_lead("Vera", vip=True, country="DE")
    assert [lead["first_name"] or lead["last_name"] for lead in program.get(f"{LEADS}?vip=yes")["leads"]] == [
        "Vera"
    ]
    assert len(program.get(f"{LEADS}?country=DE&country_not=on")["leads"]) == 3
    assert [lead["last_name"] for lead in program.get(f"{LEADS}?sort=name&q=berg")["leads"]] == ["Berg"]
    assert [lead["last_name"] for lead in program.get(f"{LEADS}?sort=name&limit=1")["leads"]] == ["Novák"]


def test_alternatives_and_repeated_conditions_work_here_too(program, three, make_lead):
    make_lead("Vera", vip=True, country="DE", company="Polar Steel")
    make_lead("Ana", country="RO", company="Omnia")
    either = "any.country=DE&any.company.is=omnia"

    def names(query: str) -> list[str]:
        return sorted(lead["last_name"] for lead in program.get(f"{LEADS}?{query}")["leads"])

    assert names(either) == ["Ana", "Vera"]
    assert names(f"{either}&vip=yes") == ["Vera"]
    assert names("company.filled=yes&company.is_not=omnia&company.is_not=acme") == ["Vera"]
    answer = program.post(BULK, {"action": "vip", "filter": either})
    assert (answer["changed"], answer["unchanged"]) == (1, 1)
    first = program.get(f"{LEADS}?{either}&limit=1")
    assert len(program.get(f"{LEADS}?{either}&limit=1&after={first['next']}")["leads"]) == 1


def test_an_unknown_parameter_is_answered_with_each_filter_once(program, three):
    problem = program.get(f"{LEADS}?any.colour=red", expect=422)
    assert named(problem) == ["any.colour"]
    assert ", country, " in str(problem["errors"])
    assert "any.country" not in str(problem["errors"])


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("colour=red", "colour"),
        ("status=x", "status"),
        ("limit=0", "limit"),
        ("any.value.above=much", "any.value.above"),
        ("any.status=x&vip=yes", "any.status"),
        ("imported=99", "imported"),
        ("time_in_status.above=2.5", "time_in_status.above"),
        ("created=between&created_from=today", "filter"),
        ("created=between&created_to=friday", "filter"),
        ("created=between&created_from=2026-05-02&created_to=2026-05-01", "filter"),
        ("created_at.between=2026-05-02..2026-05-01", "created_at.between"),
        ("created_at.since=yesterday", "created_at.since"),
    ],
)
def test_an_unknown_filter_is_rejected_instead_of_ignored(program, three, query, name):
    assert named(program.get(f"{LEADS}?{query}", expect=422)) == [name]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("created_from=2026-05-01", ["created_from"], id="the first day alone"),
        pytest.param("created_to=2026-05-01", ["created_to"], id="the last day alone"),
        pytest.param("created=today&created_from=2026-05-01", ["created_from"], id="beside another period"),
        pytest.param("any.created_from=2026-05-01", ["any.created_from"], id="as an alternative"),
        pytest.param("created=between&created_from=2026-05-01", [], id="with its period"),
        pytest.param("created_from=", [], id="without a day"),
    ],
)
def test_days_without_their_period_are_rejected_instead_of_ignored(program, three, query, names):
    answer = program.get(f"{LEADS}?{query}", expect=422 if names else 200)
    if names:
        assert named(answer) == names


def test_many_leads_are_changed_by_one_operation_and_undone(program, three):
    answer = program.post(BULK, {"action": "vip", "ids": [lead.pk for lead in three[:2]]})
    assert (answer["changed"], answer["refused"]) == (2, {})
    record = Operation.objects.get(pk=answer["operation"])
    assert (record.kind, record.channel) == ("vip", "api")
    shown = program.get(f"{OPERATIONS}/{record.pk}")
    assert (shown["words"], shown["changed"], shown["undone"]) == ("Mark as VIP", 2, False)
    assert program.post(f"{OPERATIONS}/{record.pk}/undo")["back"] == 2
    assert not Lead.objects.filter(vip=True).exists()
    assert program.get(f"{OPERATIONS}/{record.pk}")["undone"] is True
    assert (
        program.post(f"{OPERATIONS}/{record.pk}/undo", expect=409)["detail"]
        == "This change has already been undone."
    )


def test_a_filter_can_select_the_records_too(program, three, make_lead, statuses):
    make_lead("Other", country="DE")
    values = {"status": statuses.qualified.pk}
    answer = program.post(
        BULK, {"action": "status", "filter": "country=DE", "values": values, "note": "fair"}
    )
    assert answer["changed"] == 1
    assert Operation.objects.get(pk=answer["operation"]).note == "fair"
    program.post(BULK, {"action": "vip", "filter": "country=FR"}, expect=422)
    program.post(BULK, {"action": "vip", "filter": "nonsense=1"}, expect=422)


def test_a_preview_counts_the_changes_and_changes_nothing(program, three):
    before = Operation.objects.count()
    answer = program.post(BULK, {"action": "vip", "filter": "all=1", "preview": True})
    assert answer == {"operation": None, "changed": 3, "unchanged": 0, "refused": {}}
    assert Operation.objects.count() == before
    assert not Lead.objects.filter(vip=True).exists()


def test_invisible_leads_are_counted_like_missing_ones(program, three, make_lead, departments):
    foreign = make_lead("Foreign", department=departments.export)
    for stranger in (foreign.pk, 999_999):
        answer = program.post(BULK, {"action": "vip", "ids": [three[0].pk, stranger], "preview": True})
        assert answer["refused"] == {"not_found": 1}
    foreign.refresh_from_db()
    assert not foreign.vip


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"action": "vip"},
        {"action": "explode", "ids": [1]},
        {"action": "vip", "ids": []},
        {"action": "vip", "ids": ["x"]},
        {"action": "vip", "ids": [1], "filter": "all=1"},
        {"action": "vip", "ids": {"a": 1}},
        {"action": "status", "ids": [1]},
        {"action": "status", "ids": [1], "values": {"status": "x"}},
        {"action": "status", "ids": [1], "values": {"status": {"a": 1}}},
        {"action": "status", "ids": [1], "values": {"status": "\0"}},
        {"action": "next-action", "ids": [1], "values": {"text": "\ud800"}},
        {"action": "assign", "ids": [1], "values": {"owner": 999_999}},
        {"action": "vip", "ids": [2**70]},
    ],
)
def test_an_invalid_set_or_action_is_rejected(program, three, sent):
    assert program.post(BULK, sent, expect=422)["errors"]


def test_users_without_the_bulk_permission_cannot_make_bulk_changes(umbra, bob, ann, oscar, three):
    umbra(bob).post(BULK, {"action": "vip", "ids": [1]}, expect=403)
    umbra(oscar).post(BULK, {"action": "assign", "ids": [1], "values": {"owner": "none"}}, expect=403)
    limited = umbra(ann, ["leads.put"])
    limited.post(BULK, {"action": "bin", "ids": [three[0].pk]}, expect=403)
    assert not Lead.objects.in_trash().exists()


def test_thousands_are_changed_by_a_job(program, three, monkeypatch, ann):
    monkeypatch.setattr("crm.api.v2.bulk_changes.ROWS_AT_ONCE", 2)
    pk = program.post(BULK, {"action": "vip", "filter": "all=1"}, expect=202)["job"]
    assert program.get(f"/api/v2/jobs/{pk}") | {"state": "waiting", "total": 3} == program.get(
        f"/api/v2/jobs/{pk}"
    )
    assert Job.objects.get(pk=pk).arguments["channel"] == "api"


def test_an_operation_undone_before_is_rejected_at_once_however_large(program, three, monkeypatch):
    monkeypatch.setattr("crm.api.v2.undoing.undo_call.ROWS_AT_ONCE", 2)
    made = program.post(BULK, {"action": "vip", "filter": "all=1"})["operation"]
    revert_operation(Operation.objects.get(pk=made), by=Operation.objects.get(pk=made).by)
    program.post(f"{OPERATIONS}/{made}/undo", expect=409)
    assert not Job.objects.exists()


def test_jobs_and_operations_of_others_are_not_found(umbra, program, ann, carla, three):
    record = program.post(BULK, {"action": "vip", "filter": "all=1"})["operation"]
    job = Job.objects.create(kind="test", user=ann)
    stranger = umbra(carla)
    for path in (
        f"{OPERATIONS}/{record}",
        f"{OPERATIONS}/999999",
        f"{OPERATIONS}/x",
        f"/api/v2/jobs/{job.pk}",
    ):
        assert stranger.get(path, expect=404)["code"] == "not_found"
    stranger.post(f"{OPERATIONS}/{record}/undo", expect=404)


def test_operations_are_paged_newest_first(program, three, ann):
    made = [
        program.post(BULK, {"action": action, "filter": "all=1"})["operation"] for action in ("vip", "unvip")
    ]
    first = program.get(f"{OPERATIONS}?limit=1")
    assert [record["id"] for record in first["operations"]] == [made[1]]
    assert program.get(f"{OPERATIONS}?limit=1&before={first['next']}")["operations"][0]["id"] == made[0]


def test_a_bulk_change_with_a_key_is_done_once(program, three):
    key = {"Idempotency-Key": "once"}
    first = program.post(BULK, {"action": "vip", "filter": "all=1"}, **key)
    assert program.post(BULK, {"action": "vip", "filter": "all=1"}, **key) == first
