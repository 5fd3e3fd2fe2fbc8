"""Exports leads through the screens, and reads the result."""

import io
import re

import openpyxl
from django.urls import reverse

from crm.models import Export
from crm.platform.jobs.job_runner import run_job

NEW, WRITE, LIST = reverse("leads:export"), reverse("leads:export_write"), reverse("exports:list")
ALL = {"columns": "all", "format": "xlsx"}


def export(browser, query="all=1", **data) -> bytes:
    answer = browser.post(f"{WRITE}?{query}", ALL | data)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


class Whole:
    """An export that has been written already, with this file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.written, self.spool = data, len(data), self

    def wait_until_whole(self, seconds: float) -> bool:
        return True

    def __iter__(self):
        return iter([self.data])


def rows_of(data: bytes, sheet="Leads") -> list[dict]:
    head, *rows = openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def names(data: bytes) -> list[str]:
    return [row["Last name"] for row in rows_of(data)]


def without_token(page: bytes) -> bytes:
    """The CSRF token is new on every page."""
    return re.sub(rb'"X-CSRFToken": "\w+"|value="\w{64}"', b"", page)


def start(browser, query="all=1", **data) -> Export:
    """An export that isn't the answer itself, because it waits or takes longer."""
    answer = browser.post(f"{WRITE}?{query}", ALL | data)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    return Export.objects.select_related("job").latest("pk")


def work(export: Export) -> Export:
    """Run its job."""
    run_job(export.job_id)
    return Export.objects.select_related("job").get(pk=export.pk)


def fetched(browser, export: Export) -> bytes:
    return b"".join(browser.get(reverse("exports:file", args=[export.pk])).streaming_content)
