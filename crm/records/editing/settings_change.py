"""Changing settings: one change at a time, each an operation that records how much it changed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from crm.models import Change, Operation
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, operation
from crm.records.kinds.kind_registry import get_kind


def wait_for_others() -> None:
    """Hold back all other changes of settings until the end of this transaction, so that whatever a form has checked
    (a free name, a status that isn't the one for new leads) is still true when it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leadwell.settings'))")


def one_at_a_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose POST changes settings. During a long job it answers 409 like any other busy page."""

    @wraps(view)
    def wrapped_view(request: HttpRequest, *arguments, **keywords) -> HttpResponse:
        if request.method == "POST":
            wait_for_others()
        return view(request, *arguments, **keywords)

    return wrapped_view


def get_posted_data(request: HttpRequest) -> QueryDict | None:
    """The data that a form is bound to; an empty POST counts too."""
    return request.POST if request.method == "POST" else None


def register_settings_verb(
    name: str,
    needed: str,
    sentence: Callable[[dict], Any],
    icon_name: str = "settings",
    *,
    finality: Callable[[Operation], str] | None = None,
) -> None:
    """Register a kind of operation: the permission that it requires, also for its undo, and its name by its parameters. `finality`
    says why an operation can't be undone, or ''."""

    class SettingsVerb(Verb):
        kind = name
        icon = icon_name
        changes_settings = True

        @classmethod
        def get_right(cls, model: Any) -> str:
            return needed

        @classmethod
        def get_label(cls, parameters: dict, kind: Any) -> Any:
            return sentence(parameters)

        @classmethod
        def describe_finality(cls, record: Operation) -> str:
            return finality(record) if finality else ""


def register_rule_verbs(
    model: Any, sentences: Mapping[str, tuple[str, Any]], acts: Mapping[str, Any], icon_name: str
) -> None:
    """Register the changes of rules of one model: by the kind of the operation, the permission ("add", "change" or "delete") and the sentence with
    %(name)s, which stands for the current names of the rules. The parameter `act` chooses one of `acts` instead."""

    def build_words(sentence: Any) -> Callable[[dict], Any]:
        def get_words(parameters: dict) -> str:
            rows = model.objects.filter(pk__in=parameters.get("rows", [])).in_order()
            names = ", ".join(row.label for row in rows) or _("(deleted)")
            return acts.get(parameters.get("act", ""), sentence) % {"name": names}

        return get_words

    for kind, (action, sentence) in sentences.items():
        register_settings_verb(kind, model.get_right(action), build_words(sentence), icon_name)


@contextmanager
def record_settings_change(
    kind: str, *, by, channel: str = Operation.Channel.WEB, **parameters
) -> Iterator[Operation]:
    """An operation on the settings; a verb names it, such as those in leads/verbs/settings_change.py. `parameters` may be completed inside.

    It is about the records that it changed, or else about the settings rows, and counts them. If nothing changed, it
    isn't kept, and its `pk` is None afterwards.
    """
    with operation(kind, by=by, channel=channel, parameters=parameters) as record:
        yield record
    found = Change.objects.of_operation_in_any_table(record)
    rows = found.order_by("table").values("table")
    changed = dict(rows.annotate(ids=ArrayAgg("row", distinct=True)).values_list("table", "ids"))
    if not changed:
        record.delete()
        return
    for table, ids in changed.items():
        write_verdicts(record, Outcome(table, changed=sorted(ids)))
    record.table = next((table for table in changed if get_kind(table)), next(iter(changed)))
    record.changed = record.matched = len(changed[record.table])
    record.save(update_fields=["table", "changed", "matched", "parameters"])


def show_change_message(request: HttpRequest, record: Operation, text: str) -> None:
    """The message after a change, with Undo; or that nothing was changed."""
    if record.pk is None:
        messages.info(request, _("Nothing was changed."))
    else:
        messages.success(request, text, extra_tags=f"undo-{record.pk}")
