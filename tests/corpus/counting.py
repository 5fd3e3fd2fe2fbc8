"""Counts how many columns of the exports are mapped right, skipped, and mapped wrong, as suggested by the import."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from crm.models import Import
from crm.platform.web.request_cache import cache_reads
from crm.transfer.imports.columns.file_columns import NEW_FIELD, TO_DESCRIPTION
from crm.transfer.imports.read.staging import stage_rows, store_upload
from tests.corpus.exports import Column, Export

RIGHT, SKIPPED, WRONG = "right", "skipped", "wrong"


@dataclass
class Count:
    """`fields` counts the columns that have a field here, `others` those that have none; `not_right` names those that aren't right."""

    fields: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    not_right: list[str] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        self.fields += other.fields
        self.others += other.others
        self.not_right += other.not_right

    @property
    def share(self) -> float:
        return self.fields[RIGHT] / max(1, self.fields.total())


def suggested(export: Export, user: Any) -> Import:
    """The import of the file as its user sees it first, without anything chosen."""
    content = export.content()
    name, size, digest = store_upload(SimpleUploadedFile("export.csv", content))
    imported = Import.objects.create(
        user=user, table=export.table, name="export.csv", file=name, size=size, sha256=digest
    )
    with transaction.atomic(), cache_reads():
        stage_rows(imported)
    return imported


def counted(export: Export, imported: Import) -> Count:
    found = Count()
    for column, name in zip(export.columns, imported.mapping, strict=True):
        if column.wanted == "?":
            continue
        outcome = _outcome(column, name) if imported.activities == export.activities else WRONG
        has_field = column.wanted != "-" and not column.wanted.startswith("new")
        (found.fields if has_field else found.others)[outcome] += 1
        if outcome != RIGHT:
            found.not_right.append(
                f"{export.label}: {column.heading} ({column.wanted}) is {name or 'skipped'}"
            )
    return found


def _outcome(column: Column, name: str) -> str:
    created = name.startswith(NEW_FIELD)
    if column.wanted.startswith("new"):
        return RIGHT if created else WRONG if name else SKIPPED
    if column.wanted == "-":
        return RIGHT if created or name in ("", TO_DESCRIPTION) else WRONG
    return RIGHT if name == column.wanted else WRONG if name else SKIPPED


def in_words(counts: Iterable[tuple[str, Count]]) -> str:
    """A table in Markdown: a line for each, and one for all."""
    rows = [
        "| program | columns with a field | right | skipped | wrong | columns without a field | mapped wrong |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    total = Count()
    for name, count in counts:
        total.add(count)
        rows.append(_row(name, count))
    return "\n".join([*rows, _row("**all**", total)])


def _row(name: str, count: Count) -> str:
    numbers = [count.fields.total(), *(count.fields[outcome] for outcome in (RIGHT, SKIPPED, WRONG))]
    return f"| {' | '.join(map(str, [name, *numbers, count.others.total(), count.others[WRONG]]))} |"
