"""Programs read from replicas too, never an older state than what their token has changed, and their calls are counted and logged on
the primary after the answer."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from crm.models import ApiCall, TokenUse
from crm.platform.database import log_positions
from crm.platform.database.read_routing import ReplicaPlace
from crm.platform.models.token import Token
from crm.scaling.replicas import replica_monitor
from crm.scaling.replicas.read_routing import read_from_replica
from leads.api import exact_counts
from leads.models import Lead
from tests.api.conftest import Program, make_token
from tests.api.test_counting_at_once import another_transaction, begin_to_write, rename
from tests.crm.scaling.replicas.standby import asked
from tests.waiting import until

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

FROM_REPLICA = [("replica1", "answered")]
FROM_PRIMARY = [("replica1", "behind")]
BEARER = ("Authorization", "Bearer ")


@pytest.fixture
def program(ada, make_lead, replica, monkeypatch):
    """All its calls are in the same minute."""
    now = timezone.now()
    monkeypatch.setattr("crm.api.call_log.timezone", SimpleNamespace(now=lambda: now))
    make_lead("Jan Kettleworth")
    secret = make_token(ada, calls_a_minute=5)
    replica.caught_up()
    return Program(secret, *BEARER)


def names(program: Program, **headers) -> list[str]:
    return sorted(lead["last_name"] for lead in program.get("/api/v2/leads", **headers)["leads"])


def change(program: Program, name: str) -> str:
    """Add a lead. Returns the header with the state after it."""
    program.post("/api/v2/leads", {"last_name": name}, expect=201)
    return program.last[log_positions.HEADER]


def test_a_call_that_reads_comes_from_the_replica_and_is_counted_and_logged_on_the_primary(program, answers):
    assert names(program) == ["Kettleworth"]
    assert answers == FROM_REPLICA
    assert program.last["X-RateLimit-Remaining"] == "4"
    assert ApiCall.objects.get().path == "/api/v2/leads"
    assert TokenUse.objects.get().calls == 1


def test_nothing_is_written_before_the_answer(program, answers, monkeypatch):
    written = []
    monkeypatch.setattr("crm.api.api_view.call_when_sent", lambda response, work: written.append(work))
    names(program)
    assert (ApiCall.objects.count(), TokenUse.objects.count()) == (0, 0)
    written.pop()()
    assert (ApiCall.objects.count(), TokenUse.objects.get().calls) == (1, 1)


def test_the_limit_of_calls_counts_those_that_a_replica_has_answered(program):
    left = []
    for _call in range(5):
        names(program)
        left.append(program.last["X-RateLimit-Remaining"])
    assert left == ["4", "3", "2", "1", "0"]
    program.get("/api/v2/leads", expect=429)
    assert int(program.last["Retry-After"]) <= 60


def test_a_token_reads_what_it_has_changed_without_any_header(program, replica, answers):
    replica.pause()
    change(program, "Brightwater")
    assert names(program) == ["Brightwater", "Kettleworth"]
    assert answers == FROM_PRIMARY
    replica.resume()
    replica.caught_up()
    until(lambda: replica_monitor.get_watch().get_usable_replicas())
    answers.clear()
    assert names(program) == ["Brightwater", "Kettleworth"]
    assert answers == FROM_REPLICA


def test_a_change_that_fails_may_have_changed_something_before_and_is_remembered_too(program):
    program.post("/api/v2/leads", {"last_name": ""}, expect=422)
    assert TokenUse.objects.get().changed_until > 0


def test_another_program_reads_it_with_the_header(program, ada, replica, answers):
    other = Program(make_token(ada), *BEARER)
    replica.caught_up()
    replica.pause()
    state = change(program, "Brightwater")
    answers.clear()
    assert names(other, **{log_positions.HEADER: state}) == ["Brightwater", "Kettleworth"]
    assert answers == FROM_PRIMARY


@pytest.mark.parametrize("value", ["5", "5:x:y", "9" * 4000])
def test_a_forged_header_is_ignored(program, answers, value):
    assert names(program, **{log_positions.HEADER: value}) == ["Kettleworth"]
    assert answers == FROM_REPLICA


def test_a_withdrawn_token_is_rejected_while_the_replica_still_has_it(program, replica):
    replica.pause()
    Token.objects.all().revoke()
    program.get("/api/v2/leads", expect=401)


def test_a_stream_of_all_leads_comes_from_the_replica_and_goes_on_on_the_primary(
    ada, make_lead, replica, answers, monkeypatch
):
    monkeypatch.setattr("crm.api.json_rows.ROWS_AT_ONCE", 1)
    for name in ("Ana Brightwater", "Jan Kettleworth", "Ion Longfield"):
        make_lead(name)
    replica.caught_up()
    program = Program(make_token(ada))
    assert len(program.get("/api/leads")) == 3
    assert answers == FROM_REPLICA * 5  # the call, three leads, and the end
    response = program.client.get("/api/leads", headers=program.headers)
    parts = iter(response.streaming_content)
    found = [next(parts)]
    replica.kill()
    found += parts
    assert b"".join(found).count(b'"id"') >= 3
    assert answers[-1][1] != "answered"


def test_positions_that_the_database_will_not_reach_are_forgotten(program, settings):
    names(program)
    TokenUse.objects.update(changed_until=log_positions.get_primary_position() + 10**9)
    from crm.api.call_log import clear_positions_of_tokens

    assert clear_positions_of_tokens() == 1
    assert TokenUse.objects.get().changed_until == 0


def has_all(replica) -> bool:
    """Without writing anything, as caught_up() does."""
    [(position,)] = asked(replica.primary, "SELECT pg_current_wal_insert_lsn()")
    return replica.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == [(True,)]


def test_a_total_from_the_replica_has_a_change_with_a_lower_number_when_it_is_committed(
    ada, make_lead, replica
):
    rows = Lead.objects.present().visible_to(ada)
    make_lead("Jan Kettleworth")

    def total() -> int:
        until(lambda: has_all(replica))
        with read_from_replica(ReplicaPlace("replica1", 0, timezone.now())):
            return exact_counts.count_leads(rows)

    with another_transaction() as later:
        with another_transaction() as earlier:
            earlier(begin_to_write)
            later(lambda: make_lead("Ana Brightwater"))
            earlier(rename)
        assert [total(), total()] == [1, 1]
    assert total() == 2
