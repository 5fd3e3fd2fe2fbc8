"""Does the same on a page and by a call of API v2, takes each back, and says what came of it, so that both can be compared."""

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import models

from crm.models import Operation
from crm.records.history.visible_operations import describe_operation
from tests.matrix.asking import undone

# Columns with the number of another row that aren't links.
NUMBERS = ("operation", "record")


@dataclass(frozen=True)
class Done:
    """What is stored, such as the rows of some tables in words; the operations in words; and the sentences of a refusal."""

    stored: Any
    operations: list[str]
    refused: list[str]


def describe_row(row: models.Model) -> dict[str, str]:
    """Without numbers of rows and the time of the clock, which differ each time; links are in words."""
    ignored = (models.DateTimeField, models.AutoField, models.BigAutoField)
    fields = [field for field in row._meta.concrete_fields if not isinstance(field, ignored)]
    names = [field.name for field in fields if not field.primary_key and field.name not in NUMBERS]
    return {name: str(getattr(row, name)) for name in names}


def read_done(tables: Any, before: int, refused: list[str]) -> Done:
    """`tables` are models, or a function that reads what is stored."""
    stored = (
        tables()
        if callable(tables)
        else [[describe_row(row) for row in table.objects.order_by("pk")] for table in tables]
    )
    made = Operation.objects.filter(pk__gt=before).order_by("pk")
    return Done(stored, [str(describe_operation(record)) for record in made], sorted(refused))


def get_last_operation() -> int:
    return Operation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def find_sentences(context: Any, get_form: Any) -> list[str]:
    """Why a page that was sent back refuses what was typed: the first sentence of each field, or one about all of it."""
    about_all = [str(text) for text in [context.get("refusal")] if text]
    if about_all and not context.get("form"):
        return about_all
    return [str(texts[0]) for texts in get_form(context).errors.values()] + about_all


def carry_out_by_page(
    browser, path: str, data: dict, tables: Any, get_form: Any = itemgetter("form")
) -> Done:
    """`get_form` finds the form in the context of the page."""
    with undone():
        before = get_last_operation()
        answer = browser.post(path, data)
        said = get_messages(answer.wsgi_request)
        refused = [str(message) for message in said if message.level == messages.ERROR]
        if answer.status_code != 302:
            refused += find_sentences(answer.context, get_form)
            assert refused, answer.status_code
        return read_done(tables, before, refused)


def carry_out_by_call(program, method: str, path: str, data: Any, tables: Any) -> Done:
    with undone():
        before, refused = get_last_operation(), []
        body = program.call(method, path, data)
        if program.last.status_code >= 400:
            refused = [row["detail"] for row in body["errors"]] or [body["detail"]]
        assert set(Operation.objects.filter(pk__gt=before).values_list("channel", flat=True)) <= {"api"}
        return read_done(tables, before, refused)


def assert_says_as_much(page: Done, call: Done) -> None:
    """The same was done, and each sentence of the page is in one of the call, which may say more."""
    assert (call.stored, call.operations) == (page.stored, page.operations)
    assert len(call.refused) == len(page.refused), (call.refused, page.refused)
    for said, by_page in zip(call.refused, page.refused, strict=True):
        assert by_page in said
