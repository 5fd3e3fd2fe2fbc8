"""The sequence that a page is about."""

from typing import Any

from django.http import Http404

from crm.records.kinds.kind_registry import KINDS
from sequences.models import Sequence


def get_sequence_or_404(pk: int, user: Any) -> Sequence:
    """One that isn't deleted, whose records the user may view."""
    found = Sequence.objects.active().filter(pk=pk).first()
    if found is None or not user.has_perm(KINDS[found.table_of].get_right("view")):
        raise Http404
    return found
