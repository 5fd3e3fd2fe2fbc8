"""The template tags about tasks."""

from django import template

from crm.work.models.task import Task
from crm.work.tasks.due_times import format_due, get_due_tone

register = template.Library()


@register.simple_tag
def due(task: Task) -> str:
    """When a task is due on the reader's clock, with that of the user it is for beside it where they differ."""
    return format_due(task)


@register.simple_tag
def due_tone(task: Task) -> str:
    return get_due_tone(task)
