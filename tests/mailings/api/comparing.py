"""Compares what a page of mailings and a call of API v2 do with the same values."""

from dataclasses import dataclass
from typing import Any

from crm.models import AuditEntry, Operation
from crm.records.history.visible_operations import describe_operation
from mailings.models import Delivery, Mailing, MailingList, Suppression
from tests.matrix.asking import undone

MODELS = (Mailing, MailingList, Suppression, Delivery)
# They differ from one try to the next.
CHANGING = ("id", "at", "created_at", "mailing_id")


@dataclass(frozen=True)
class Done:
    """What is stored afterwards, the operations in words, the entries in the audit log, and the sentences of a refusal."""

    rows: dict[str, Any]
    operations: list[str]
    audited: list[str]
    refused: list[str]


def _read_done(before: tuple[int, int], refused: list[str]) -> Done:
    made = Operation.objects.order_by("pk")[before[0] :]
    entries = AuditEntry.objects.order_by("pk").values_list("kind", flat=True)[before[1] :]
    rows = {
        model.__name__: [
            {key: value for key, value in row.items() if key not in CHANGING}
            for row in model.objects.order_by("pk").values()
        ]
        for model in MODELS
    }
    return Done(rows, sorted(describe_operation(record) for record in made), list(entries), refused)


def _count() -> tuple[int, int]:
    return Operation.objects.count(), AuditEntry.objects.count()


def carry_out_by_page(browser: Any, path: str, data: dict[str, Any]) -> Done:
    with undone():
        before, refused = _count(), []
        answer = browser.post(path, data)
        if answer.status_code != 302:
            refused = [str(texts[0]) for texts in answer.context["form"].errors.values()]
            assert refused, answer.status_code
        return _read_done(before, refused)


def carry_out_by_call(program: Any, method: str, path: str, data: Any = None) -> Done:
    with undone():
        before, refused = _count(), []
        body = program.call(method, path, data)
        if program.last.status_code >= 400:
            refused = [row["detail"] for row in body["errors"]] or [body["detail"]]
        else:
            made = Operation.objects.order_by("pk")[before[0] :]
            assert {record.channel for record in made} <= {"api"}
        return _read_done(before, refused)


def assert_same(page: Done, call: Done) -> None:
    assert call.rows == page.rows
    assert call.operations == page.operations
    assert call.audited == page.audited
    assert sorted(call.refused) == sorted(page.refused)
