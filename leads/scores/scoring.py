"""Scores follow the rules: a change of them, or of what they name, writes the statement again, and all leads are scored again.

A change of one lead scores it at once (leads/triggers/scores.py).
"""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from crm.models import Operation
from crm.platform.configuration.company import get_company_zone
from crm.platform.configuration.worker_lanes import LONG
from crm.platform.jobs.housekeeping import every_minute
from crm.platform.web.transactions import set_transaction_limits
from crm.records.history.verb_execution import Verb
from leads.models import ScoreRule, ScoreState
from leads.scores.score_statement import ScoreStatement, build_score_statement

# A transaction that was open while the rules changed, such as that of a long import, may still have gone by the previous ones. So
# leads follow twice: at once, and when such a transaction has ended.
ROUNDS = 2
AFTER_LONG_TRANSACTIONS = timedelta(minutes=15)
CHUNK = 5_000

NEXT = """
    SELECT array_agg(l.id), max(l.id) FROM (SELECT id FROM leads_lead WHERE id > %s ORDER BY id LIMIT %s) l
"""
# Only those are locked: most leads keep their score.
DIFFERING = """
    SELECT array_agg(l.id) FROM leadwell_score_points(%s::bigint[]) p JOIN leads_lead l ON l.id = p.lead
    WHERE l.score <> coalesce((SELECT sum(one) FROM unnest(p.points) one), 0)
"""


def follow_settings_change(record: Operation) -> None:
    """For each operation: one on settings, or its undo, may change what the rules mean, such as the statuses of a category."""
    kind = record.undoes.kind if record.undoes else record.kind
    verb = Verb.known.get(kind)
    if verb is not None and verb.changes_settings:
        write_score_state()


def write_score_state(**_signal: object) -> bool:
    """Write the statement of the rules as they are. Returns whether it is another one, so that all leads are scored again."""
    state = ScoreState.get_current()
    if state is None and not ScoreRule.objects.in_use().exists():
        return False
    found = build_score_statement()
    if state is not None and _get_statement(state) == found:
        return False
    ScoreState.objects.update_or_create(
        pk=ScoreState.ROW,
        defaults={
            "statement": found.sql,
            "changed": found.changed,
            "reads_values": found.reads_values,
            "reads_activities": found.reads_activities,
            "rules": list(found.rules),
            "day": get_company_day(),
            "at": timezone.now(),
            "rounds": 1,
            "scored_to": 0,
            "stopped": False,
        },
    )
    score_leads.defer()
    return True


def _get_statement(state: ScoreState) -> ScoreStatement:
    return ScoreStatement(
        state.statement, state.changed, state.reads_values, state.reads_activities, tuple(state.rules)
    )


def get_company_day():
    return timezone.localdate(timezone=get_company_zone())


@every_minute
def start_scoring_rounds() -> int:
    """Start the job on a new day, because points fade, and for the second round. Returns how many rounds were started."""
    state = ScoreState.objects.select_for_update(of=("self",)).filter(pk=ScoreState.ROW).first()
    if state is None:
        return 0
    now = timezone.now()
    if state.day != get_company_day() and _get_statement(state).fades:
        state.day, state.at, state.rounds, state.stopped = get_company_day(), now, 0, False
    waits = state.stopped or state.rounds >= ROUNDS or state.at > now - AFTER_LONG_TRANSACTIONS
    if state.rounds and waits:
        return 0
    state.rounds += 1
    state.scored_to = 0
    state.save(update_fields=["day", "at", "rounds", "scored_to", "stopped"])
    score_leads.defer()
    return 1


@app.task(queue=LONG, name="score_leads", lock="score_leads")
def score_leads() -> None:
    """Score all leads by the rules of points. If the worker is killed, the second round does the rest."""
    score_all_leads()


def score_all_leads() -> int:
    """Score all leads whose points are others by now, in chunks of their own transactions, until someone stops the round. Returns
    how many."""
    written, last = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            set_transaction_limits(lock=0, statement=0)
            cursor.execute(NEXT, [last, CHUNK])
            ids, last = cursor.fetchone()
            if ids is None:
                ScoreState.objects.update(scored_to=None, stopped=False)
                return written
            cursor.execute(DIFFERING, [ids])
            (differing,) = cursor.fetchone()
            if differing:
                cursor.execute("SELECT leadwell_score_leads(%s::bigint[])", [differing])
                written += cursor.fetchone()[0]
            # At the end of the chunk, so that who stops the round waits for this row no longer than for the commit.
            ScoreState.objects.update(scored_to=last)
        if ScoreState.objects.filter(stopped=True).exists():
            return written


def stop_scoring_round() -> bool:
    """The leads that it hasn't come to keep their scores. Returns whether there was one under way."""
    under_way = ScoreState.objects.filter(scored_to__isnull=False, stopped=False)
    return bool(under_way.update(stopped=True))


def restart_scoring_round() -> bool:
    """From the first lead; those that have their score already take little time. Returns whether one had been stopped."""
    started = bool(ScoreState.objects.filter(stopped=True).update(stopped=False, scored_to=0))
    if started:
        score_leads.defer()
    return started
