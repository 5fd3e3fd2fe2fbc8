"""What added a task, in words beside it, such as the step of a sequence: an app above says so."""

from collections.abc import Callable, Iterable

from crm.work.models.task import Task

# Each is given the ids of tasks and returns the words of those that it has added, by id, in one query for all of them.
ORIGINS: list[Callable[[list[int]], dict[int, str]]] = []


def get_task_origins(tasks: Iterable[Task]) -> dict[int, str]:
    """By the ids of the tasks; those that a person added aren't in it."""
    ids = [task.pk for task in tasks]
    found: dict[int, str] = {}
    for get_origins in ORIGINS if ids else ():
        found |= get_origins(ids)
    return found
