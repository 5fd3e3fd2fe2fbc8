"""Changes that are previewed: exactly these records, for this token, tool and arguments, once."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assistants.limits import Decision, ShownPreview, decide_change, find_preview_problem
from assistants.models import ChangePreview
from assistants.models.assistant_use import get_changed_count
from assistants.tools.tool import ToolCall, ToolRefused, ToolResult
from crm.api.v2.v2_view import format_moment
from crm.records.editing.bulk_actions import freeze_set
from crm.records.kinds.kind_registry import Kind

# A preview names so many of the records.
NAMES = 10
NEXT_STEP = (
    "Nothing has been changed. Show this to the person you work for. To apply exactly this, call the tool again with the same "
    "arguments and this preview."
)


def get_applied_preview(call: ToolCall, tool: str, arguments: dict[str, Any]) -> ChangePreview | None:
    """The preview that the call applies, if it names one. Raises ToolRefused with the reason if it can't be applied."""
    code = arguments.get("preview")
    if code is None:
        return None
    found = ChangePreview.objects.with_code(code).select_related("frozen_set").first()
    shown = (
        ShownPreview(found.token_id, found.tool, found.arguments, found.at, found.used_at is not None)
        if found
        else None
    )
    sent = drop_preview(arguments)
    problem = find_preview_problem(shown, token=call.token.pk, tool=tool, arguments=sent, now=timezone.now())
    if problem:
        raise ToolRefused(problem)
    # It is marked as used within the transaction of the change.
    call.preview = found
    return found


def drop_preview(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != "preview"}


def must_preview(call: ToolCall, records: int, *, previewed: bool) -> bool:
    """Whether a change of so many records has to be previewed first. Raises ToolRefused if it is beyond a limit."""
    changed, limits = get_changed_count(call.token), call.limits
    decision = decide_change(limits, records, changed_in_this_hour=changed, previewed=previewed)
    if decision == Decision.TOO_MANY_AT_ONCE:
        raise ToolRefused(
            f"This is about {records:,} records, and this assistant may change {limits.records_per_call:,} with one call. "
            "Narrow the conditions."
        )
    if decision == Decision.TOO_MANY_IN_THIS_HOUR:
        left = max(0, limits.records_per_hour - changed)
        raise ToolRefused(
            f"This is about {records:,} records, and this assistant may change {left:,} more in this hour. Wait for the next "
            "hour, or ask a person to do it."
        )
    return decision == Decision.PREVIEW


def build_preview(
    call: ToolCall,
    tool: str,
    arguments: dict[str, Any],
    told: dict[str, Any],
    *,
    kind: Kind | None,
    ids: Sequence[int],
    shown: dict[str, Any] | None = None,
    versions: dict[str, int] | None = None,
) -> ToolResult:
    """Keep the preview for ten minutes, and say what would happen: `told` in our words, `shown` with texts of records. `versions`
    are those that the records must still have when it is applied."""
    with transaction.atomic():
        ChangePreview.objects.expired().delete()
        frozen = freeze_set(call.token.user, kind.name, list(ids), "") if kind else None
        kept = ChangePreview.objects.create(
            token=call.token,
            tool=tool,
            arguments=drop_preview(arguments),
            frozen_set=frozen,
            versions=versions or {},
        )
    preview = {"preview": kept.code, "valid_until": format_moment(kept.valid_until), **told}
    data = {"some_of_them": get_names(call, kind, ids[:NAMES])} if kind else {}
    return ToolResult(data | (shown or {}), {"preview": preview, "next_step": NEXT_STEP})


def get_names(call: ToolCall, kind: Kind, ids: Sequence[int]) -> list[dict[str, Any]]:
    rows: Any = kind.model._default_manager
    seen = rows.filter(pk__any=list(ids)).visible_to(call.token.user).order_by("pk")
    return [{"id": row.pk, "name": str(row)} for row in seen]
