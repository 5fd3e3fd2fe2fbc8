"""The list of a saved view, narrowed or sorted further by the parameters of a call."""

from typing import Any

from django.http import QueryDict

from crm.api.call_parameters import LARGEST_ID, parse_number_parameter
from crm.api.problems import build_invalid_problem
from crm.models import SavedView
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.search.search_ranking import RANKED

VIEW = "view"


def apply_saved_view(kind: Kind, user: Any, data: QueryDict) -> QueryDict:
    """The parameters of the view that `view` names, with those of the call in place of those of the same name; the same data
    without `view`. Raises Problem 422 for a view that the user can't see."""
    if VIEW not in data:
        return data
    number = parse_number_parameter(VIEW, str(data[VIEW]), LARGEST_ID)
    found = SavedView.objects.of_table(kind.name).visible_to(user).filter(pk=number).first()
    if found is None:
        raise build_invalid_problem(view=f"There is no saved view of {kind.urls} with this id.")
    whole = found.parameters.copy()
    # API v2 never orders by match.
    whole.pop(RANKED, None)
    for name, values in data.lists():
        if name != VIEW:
            whole.setlist(name, values)
    return whole
