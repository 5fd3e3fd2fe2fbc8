"""The worker's part in reports: it keeps the progress of leads up to date, and sends scheduled reports."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.jobs import MAIL_RETRIES
from accounts.models import User
from crm.platform.configuration.worker_lanes import REPORTS
from crm.platform.jobs.housekeeping import every_hour, every_moment
from crm.platform.web.request_cache import cache_reads
from crm.platform.web.security_log import write_security_line
from crm.platform.web.transactions import set_transaction_limits
from crm.records.history.history_check import Difference
from reports.engine.advance_counting import claim_reports_to_count
from reports.engine.answer_cache import bypass_cache, queue_recount
from reports.engine.progress_derivation import find_wrong_leads, store_progress_of_changes
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer
from reports.models import KeptNumbers, ReportEmail, ReportSchedule
from reports.schedules.dashboard_email import build_dashboard_email
from reports.schedules.report_email import ReportProblem, build_report_email, get_report_title
from reports.schedules.schedule import get_schedule_obstacle, pause_schedule

State, Pause = ReportEmail.State, ReportSchedule.Pause

# Portions in a row, so that other steps have their turn.
IN_A_ROW = 10


@every_moment
def update_progress_of_changed_leads() -> int:
    set_transaction_limits(lock=0, statement=0)
    taken = 0
    for _round in range(IN_A_ROW):
        portion = store_progress_of_changes()
        taken += portion
        if not portion:
            break
    return taken


def find_wrong_progress() -> Iterator[Difference]:
    """For `manage.py check_history`."""
    for lead in find_wrong_leads():
        yield Difference(f"lead {lead}", "progress for reports", "as stored", "as derived")


@app.task(queue=REPORTS, name="count_report")
def cache_numbers_of_report(query: str, user_id: int) -> None:
    """Count the numbers of a question as this user sees them. Those that take long are kept (reports/engine/answer_cache.py)."""
    user = User.objects.with_rights().filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    with timezone.override(user.zone), transaction.atomic(), cache_reads(), bypass_cache(keep=True):
        set_transaction_limits(lock=0, statement=0)
        get_answer(parse_question(QueryDict(query), user), user)


@every_hour
def delete_outdated_numbers() -> int:
    return KeptNumbers.objects.outdated().delete()[0]


@every_hour
def count_slow_reports_ahead() -> int:
    """Before their readers come, if they took long."""
    rows = claim_reports_to_count()
    for row in rows:
        queue_recount(row.query, row.user_id)
    return len(rows)


@app.task(queue=REPORTS, name="mail_report", retry=MAIL_RETRIES)
def mail_report(email_id: int) -> None:
    """Send a due report with what its user may see now; if the user may not, pause its schedule.

    What a mail server has refused or not answered is tried again. An email whose worker was killed isn't.
    """
    email = (
        ReportEmail.objects.waiting()
        .select_related("schedule__report", "schedule__dashboard")
        .filter(pk=email_id)
        .first()
    )
    if email is None:
        return
    user = User.objects.with_rights().get(pk=email.schedule.user_id)
    mail = _build_mail_unless_paused(email, user)
    # Of two workers, one takes it.
    state = State.SENDING if mail else State.NOT_SENT
    if ReportEmail.objects.waiting().filter(pk=email.pk).update(state=state) and mail:
        _send_report(email, mail)
        write_security_line(
            "report_sent", by=user, report=get_report_title(email.schedule), query=email.schedule.query
        )


def _build_mail_unless_paused(email: ReportEmail, user: User) -> Any:
    """None if the schedule is paused, or has to be now. A pause doesn't keep its user from sending the report at once."""
    schedule = email.schedule
    if schedule.pause and not email.sent_now:
        return None
    if reason := get_schedule_obstacle(schedule, user):
        pause_schedule(schedule, reason)
        return None
    try:
        return _build_email_at_one_moment(email, user)
    except ReportProblem as problem:
        pause_schedule(schedule, Pause.PROBLEM, str(problem))
        return None


def _build_email_at_one_moment(email: ReportEmail, user: User) -> Any:
    """All of its numbers are of this moment, and a large report may take its time."""
    with transaction.atomic(), bypass_cache():
        set_transaction_limits(lock=0, statement=0)
        build = build_dashboard_email if email.schedule.dashboard else build_report_email
        return build(email, user)


def _send_report(email: ReportEmail, mail: Any) -> None:
    mine = ReportEmail.objects.filter(pk=email.pk)
    try:
        mail.send()
    except OSError as error:
        # SMTP errors are OSErrors too.
        mine.update(state=State.WAITING, problem=str(error)[:300])
        raise
    mine.update(state=State.SENT, sent_at=timezone.now(), problem="")
