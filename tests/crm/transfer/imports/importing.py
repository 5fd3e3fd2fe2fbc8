"""Imports a file through the screens, like a browser without JavaScript, and runs the jobs immediately."""

import io
import re
from math import ceil
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.models import Import, Job
from crm.platform import jobs
from crm.transfer.imports.check.plan_building import PlanBuilder

SAMPLE = Path(__file__).parents[3] / "files" / "other-crm-leads.xlsx"
NEW, LIST = reverse("leads:import"), reverse("imports:list")


def workbook(rows, sheet="Leads") -> bytes:
    """An .xlsx file with these rows."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(browser, rows, name="leads.xlsx") -> Import:
    """Upload rows of cells, or the bytes of a file; the file has been read when this returns."""
    data = rows if isinstance(rows, bytes) else workbook(rows)
    answer = browser.post(NEW, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    pk = int(re.search(r"\d+$", answer["Location"])[0])
    work()
    return Import.objects.get(pk=pk)


def work() -> None:
    """What the worker does: all waiting jobs, one after the other."""
    for job in Job.objects.filter(state=Job.State.WAITING).order_by("pk"):
        jobs.run_job(job_id=job.pk)


def page(imported: Import, step: str) -> str:
    return reverse(f"imports:{step}", args=[imported.pk])


def filled_in(form) -> dict:
    """What a browser would submit for an unchanged form."""
    data = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False or value == []:
            continue
        data[bound.html_name] = "on" if value is True else value
    return data


def shown(browser, imported: Import, step: str):
    answer = browser.get(page(imported, step))
    assert answer.status_code == 200, (answer.status_code, answer.get("Location"))
    return answer


def choose(browser, imported: Import, step: str, **data) -> Import:
    """Submit the form for columns or unknown values with its defaults, except for these answers."""
    form = shown(browser, imported, step).context["form"]
    answer = browser.post(page(imported, step), filled_in(form) | data)
    assert answer.status_code == 302, [form.errors for form in [answer.context["form"]]]
    work()
    imported.refresh_from_db()
    return imported


def decide(browser, imported: Import, **wanted: dict) -> Import:
    """decide(browser, imported, status={"Junk": "refuse"}): maps unknown values."""
    form = shown(browser, imported, "values").context["form"]
    data = {}
    for field, answers in wanted.items():
        for text, _count, name in form.lines[field]:
            if text in answers:
                data[name] = answers[text]
    return choose(browser, imported, "values", **data)


def answer_plan(browser, imported: Import, **data) -> Import:
    answer = browser.post(page(imported, "plan"), data)
    assert answer.status_code == 302
    work()
    imported.refresh_from_db()
    return imported


def apply(browser, imported: Import) -> Import:
    return answer_plan(browser, imported, apply=imported.counts["made"])


def verdicts(imported: Import) -> dict[str, int]:
    """The plan's counts; together they are all rows."""
    found = {name: imported.counts[name] for name in VERDICTS if imported.counts.get(name)}
    assert sum(found.values()) == imported.rows
    return found


VERDICTS = ("new", "changed", "unchanged", "duplicate", "error", "left_out")


def most_statements(rows: int) -> int:
    """How many statements a check of so many rows may need: some for the file, some for each portion, none for a row."""
    return 120 + 14 * ceil(rows / PlanBuilder.rows_at_once)
