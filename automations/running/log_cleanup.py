"""The log and the waits when records go: what is deleted permanently leaves both."""

from automations.models import AutomationRun, WaitingRecord


def delete_runs_of_records(table: str, ids: list[int]) -> None:
    AutomationRun.objects.of_records(table, ids).delete()
    WaitingRecord.objects.of_records(table, ids).delete()
