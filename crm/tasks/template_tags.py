"""The template tags about tasks."""

from django import template

from crm.models.task import Task
from crm.tasks.clocks import get_due_words

register = template.Library()


@register.simple_tag
def due(task: Task) -> str:
    """When a task is due on the reader's clock, with that of the user it is for beside it where they differ."""
    return get_due_words(task)
