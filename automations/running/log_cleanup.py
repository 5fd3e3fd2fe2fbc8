"""The log when records go: what is deleted permanently leaves it."""

from automations.models import AutomationRun


def delete_runs_of_records(table: str, ids: list[int]) -> None:
    AutomationRun.objects.of_records(table, ids).delete()
