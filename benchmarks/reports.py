"""Reports: each when its numbers are counted, and when they were kept (reports/engine/answer_cache.py)."""

from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from benchmarks.figures.report_figures import COUNTED, KEPT
from benchmarks.measure import Figure, browser, page_time, time_of
from reports.engine.progress_derivation import store_progress_of_changes
from reports.jobs import cache_numbers_of_report
from reports.models import KeptNumbers
from reports.standard_reports import get_viewable_reports

# How often a page is counted; it may take seconds.
FEW = 3
ASKED = {
    "leads by country and month": "measure=leads&measure=client_rate&by=country&by=month&period=all",
    "median value by owner": "measure=value_median&by=owner&period=all",
    "leads by status path": "measure=leads&by=path&period=last_year",
}


def derive() -> None:
    """As the worker would have, before anyone opens a page."""
    while store_progress_of_changes():
        pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reports_leadprogress")


def measured(rounds: int) -> list[dict]:
    derive()
    figures: list[Figure] = []
    for who, name in (("all leads", "admin"), ("a department", "manager")):
        email = f"{name}@demo.example"
        user, client = User.objects.with_rights().get(email=email), browser(email)
        for report in get_viewable_reports(user):
            figures += _both(client, str(report.title), who, f"/admin/reports/{report.name}", rounds)
        for title, query in ASKED.items():
            figures += _both(client, title, who, f"/admin/reports/new?{query}", rounds)
    return [figure.as_dict() for figure in figures]


def _both(client: Client, name: str, who: str, path: str, rounds: int) -> list[Figure]:
    def count() -> None:
        KeptNumbers.objects.all().delete()
        # A page doesn't wait longer than ten seconds for a number: then it says that the worker counts it.
        while client.get(path).status_code == 503:
            _counted_by_the_worker()

    counted = time_of(count, f"{name}, {COUNTED}", who, rounds=FEW)
    return [counted, page_time(client, f"{name}, {KEPT}", who, path, rounds=rounds)]


def _counted_by_the_worker() -> None:
    """Carries out what waits for the worker. Raises IndexError if nothing waits, so an error isn't tried for ever."""
    waiting = ProcrastinateJob.objects.filter(task_name="count_report", status="todo").order_by("-pk")
    asked = list(waiting.values_list("args", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'count_report'")
    cache_numbers_of_report(**asked[0])
