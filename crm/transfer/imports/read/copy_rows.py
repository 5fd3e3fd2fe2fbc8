"""Rows in the text format of COPY, which is the fastest way into the tables of an import."""

import json
from typing import Any

from django.db import connection

from crm.models import PlannedRow

COPY_PLAN = """COPY crm_plannedrow (of_id, "row", verdict, action, choice, match, record, version, title, subtitle,
          "values", old, conflicts, errors, keys, unknown, notes, named, activity) FROM STDIN"""


def build_copy_line(row: PlannedRow) -> str:
    """A planned row in COPY format."""
    parts = [
        row.of_id, row.row, row.verdict, row.action, row.choice, row.match, row.record, row.version, row.title, row.subtitle,
        row.values, row.old, row.conflicts, row.errors, row.keys, row.unknown, row.notes, row.named, row.activity,
    ]  # fmt: skip
    return "\t".join(map(encode_copy_value, parts)) + "\n"


def encode_copy_value(value: Any) -> str:
    """A value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, dict | list):
        if not value:
            return "{}" if isinstance(value, dict) else "[]"
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text


def copy_planned_rows(planned: list[PlannedRow]) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY_PLAN) as copy:
        copy.write("".join(build_copy_line(row) for row in planned))
