"""Notifications to owners: records that were assigned or reassigned to them."""

from crm.models import Operation
from crm.records.kinds import KINDS
from crm.web.notices import notice_kind, tell


def tell_new_owner(owner, record: Operation, ids: list[int]) -> None:
    """One notification for all these records, but none to who did it."""
    if owner and ids and owner != record.by:
        tell(owner, "assigned", record, ids)


def follow_values(values: dict, record: Operation, ids: list[int]) -> None:
    """Who owns a record by an edit, or from its beginning, is told."""
    tell_new_owner(values.get("owner"), record, ids)


@notice_kind("assigned", icon="person")
def assigned(values: dict) -> str:
    kind = KINDS.get(values.get("table", "lead"))
    return kind.words.assigned(values["count"]) if kind else ""


@notice_kind("handed_over", icon="person")
def handed_over(values: dict) -> str:
    kind = KINDS.get(values.get("table", "lead"))
    return kind.words.handed_over(values["count"]) if kind else ""
