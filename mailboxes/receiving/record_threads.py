"""The threads of emails that came through personal mailboxes, for the timelines of records."""

from mailboxes.models import MessageEntry


def get_thread_keys(activities: list[int]) -> dict[int, str]:
    """The key of the thread of each of these activities that is an email of one."""
    rows = MessageEntry.objects.of_activities(activities).exclude(message__thread="")
    return dict(rows.values_list("activity", "message__thread"))
