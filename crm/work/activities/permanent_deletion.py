"""What goes with records that are deleted permanently: their activities, drafts of emails and tasks."""

from crm.work.models.activity import Activity
from crm.work.models.email_draft import EmailDraft
from crm.work.models.task import Task


def delete_with_records(table: str, ids: list[int]) -> None:
    Activity.objects.of_records(table, ids).delete()
    EmailDraft.objects.of_records(table, ids).delete()
    Task.objects.of_records(table, ids).delete()
