"""Compares what a page of Settings and a call of API v2 do with the same values."""

from dataclasses import dataclass
from typing import Any

from crm.models import CustomField, Operation, SavedView, Tag
from crm.records.history.visible_operations import describe_operation
from leads.models import Lead, LostReason, Pipeline, Source, Status
from tests.matrix.asking import undone

MODELS = (Status, Source, Tag, LostReason, Pipeline, CustomField)


@dataclass(frozen=True)
class Done:
    """What is stored afterwards, the operations in words, and the sentences of a refusal."""

    rows: dict[str, Any]
    operations: list[str]
    refused: list[str]


def read_rows() -> dict[str, Any]:
    """All rows of the lists by name, because new ids differ from one try to the next."""
    found: dict[str, Any] = {}
    for model in MODELS:
        rows = [dict(row) for row in model.objects.order_by("pk").values()]
        found[model.table] = [
            {key: value for key, value in row.items() if key not in ("id", "pipeline_id")} for row in rows
        ]
    found["pipelines"] = list(Status.objects.order_by("pk").values_list("name", "pipeline__name"))
    found["leads"] = list(
        Lead.objects.order_by("pk").values_list("pk", "status", "source", "tags", "lost_reason")
    )
    found["views"] = list(SavedView.objects.order_by("pk").values_list("pk", "query"))
    return found


def carry_out_by_page(browser: Any, path: str, data: dict[str, Any]) -> Done:
    with undone():
        before = Operation.objects.count()
        answer = browser.post(path, data)
        refused: list[str] = []
        if answer.status_code != 302:
            errors = answer.context["form"].errors if answer.context.get("form") else {}
            refused = [str(texts[0]) for texts in errors.values()]
            refused += [text for text in [answer.context.get("refusal")] if text]
            assert refused, answer.status_code
        return _read_done(before, refused)


def carry_out_by_call(program: Any, method: str, path: str, data: Any) -> Done:
    with undone():
        before = Operation.objects.count()
        body = program.call(method, path, data)
        refused = []
        if program.last.status_code >= 400:
            refused = [row["detail"] for row in body["errors"]] or [body["detail"]]
        else:
            assert {
                record.channel
                for record in Operation.objects.order_by("-pk")[: Operation.objects.count() - before]
            } <= {"api"}
        return _read_done(before, refused)


def _read_done(before: int, refused: list[str]) -> Done:
    made = Operation.objects.order_by("-pk")[: Operation.objects.count() - before]
    return Done(read_rows(), sorted(describe_operation(record) for record in made), refused)


def assert_same(page: Done, call: Done) -> None:
    """A call says at least what the page says."""
    assert call.rows == page.rows
    assert call.operations == page.operations
    assert len(call.refused) == len(page.refused), (call.refused, page.refused)
    for said, by_page in zip(sorted(call.refused), sorted(page.refused), strict=True):
        assert by_page in said
