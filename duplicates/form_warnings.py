"""The warning in the forms of leads, contacts and companies: the records that may be the same, while their values are typed.

The values go to /admin/duplicates/known/… at each change. Without JavaScript, the form warns when it is sent for the first time.
Either way it is saved once the user was shown everyone it warns of, which hidden inputs of the warning say.
"""

from typing import Any

from django.urls import reverse

from crm.records.editing.similar_records import SEEN, FormWarning
from crm.records.kinds.kind_registry import Kind
from duplicates.models import DuplicateRules
from duplicates.record_details import FIELDS, build_form_texts
from duplicates.record_graph import COMPARED_TABLES
from duplicates.similar_records import SimilarRecord, find_similar_records

TEMPLATE = "duplicates/_watch.html"


def get_duplicate_warning(kind: Kind, request: Any, form: Any, record: Any) -> FormWarning | None:
    """For the form of a new record, or of this one."""
    if kind.name not in COMPARED_TABLES or not DuplicateRules.get_current().warns:
        return None
    address = reverse(f"duplicates:known_{kind.name}")
    context: dict[str, Any] = {"address": f"{address}?but={record.pk}" if record else address}
    context["names"] = ",".join((*FIELDS[kind.name], SEEN))
    if request.method != "POST":
        return FormWarning(TEMPLATE, context)
    found: list[SimilarRecord] = []
    if record is None or _is_changed(kind, form):
        data = _get_whole_values(kind, request.POST, record) if record else request.POST
        found = find_similar_records(kind.name, data, request.user, but=record.pk if record else None)
    shown = set(request.POST.getlist(SEEN))
    stops = any(one.reasons and one.value not in shown for one in found)
    return FormWarning(TEMPLATE, context | {"found": found, "stops": stops}, stops)


def _get_whole_values(kind: Kind, data: Any, record: Any) -> Any:
    """What was sent, and the saved values of the fields that weren't asked for."""
    whole = data.copy()
    for name, text in build_form_texts(kind, record).items():
        whole.setdefault(name, text)
    return whole


def _is_changed(kind: Kind, form: Any) -> bool:
    """Whether a field that is compared was changed in the form. A moved record isn't compared again."""
    return bool({*FIELDS[kind.name]} & {*form.changed_data} - {"department"})
