"""Tasks and calls that a step of a sequence added say so: "Sequence: Welcome, step 2 of 4"."""

from django.utils.translation import gettext as _

from crm.platform.sql.reference_tables import get_ordered_rows
from sequences.models import EnrollmentStep, Sequence


def describe_tasks_of_sequences(ids: list[int]) -> dict[int, str]:
    """By the ids of the tasks. A company without sequences isn't asked for them."""
    sequences = {row.pk: row for row in get_ordered_rows(Sequence)}
    if not sequences:
        return {}
    log = EnrollmentStep.objects.of_tasks(ids).values_list("task", "enrollment__sequence", "key")
    return {task: _describe(sequences[pk], key) for task, pk, key in log}


def _describe(sequence: Sequence, key: str) -> str:
    """Without the number of a step that was removed."""
    keys = [step.key for step in sequence.parsed_steps]
    if key not in keys:
        return _("Sequence: %(name)s") % {"name": sequence.name}
    values = {"name": sequence.name, "number": keys.index(key) + 1, "count": len(keys)}
    return _("Sequence: %(name)s, step %(number)s of %(count)s") % values
