"""The record in the URL of a call that reads what its page shows."""

from typing import Any

from crm.api.problems import ApiProblem
from crm.api.v2.records import get_id_from_url, write_content_location
from crm.api.v2.v2_view import OwnView
from crm.fields.custom.values.stored_values import annotate_all_values, attach_custom_values
from crm.platform.audit.viewing_entries import write_out_of_reach_entry
from crm.records.history.merged_records import find_present_survivor


def get_visible_record(view: OwnView, pk: str) -> Any:
    """The record that the user sees, with its custom values; for a merged one, the one that it was merged into. Raises
    Problem 404."""
    kind, number = view.kind, get_id_from_url(view.kind, pk)
    rows: Any = annotate_all_values(kind.model.objects.present().visible_to(view.user))
    found = rows.filter(pk=number).first()
    if found is None and (into := find_present_survivor(kind, view.user, number)):
        write_content_location(view, into)
        found = rows.filter(pk=into).first()
    if found is None:
        write_out_of_reach_entry(kind.model.objects, kind.name, number)
        raise ApiProblem(404, "not_found")
    attach_custom_values([found])
    return found
