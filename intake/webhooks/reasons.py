"""Why a call needs attention, was skipped, or left out a value: the sentence for each code, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.records.kinds.kind_registry import get_kind

SENTENCES: dict[str, Any] = {
    "no_mapping": _("No fields are mapped yet. Map the fields, then process the call again."),
    "nothing_mapped": _(
        "None of the mapped paths is in this body. Check the mapping, then process the call again."
    ),
    "not_json": _("The body isn’t JSON. Send JSON or a form."),
    "not_a_form": _("The body isn’t a form that can be read."),
    "too_many_records": _(
        "The call has more than 100 records, so none was added. Let the program send fewer records in one call."
    ),
    "cut": _("The body is too long to be kept whole, so the call can’t be processed again."),
    "known": _("A lead with the same email or phone already exists."),
    "nothing_empty": _("The existing lead has no empty field that this call could fill in."),
    "noted": _("The lead got a note with the values of this call."),
    "closed": _("The existing lead can’t be changed anymore."),
    "test": _("The program marked this call as a test, so nothing was added."),
    "busy": _("Settings changed while the call was processed. Process it again."),
    "fault": _("Something went wrong on our side, and nothing was added. Process the call again."),
}


def get_problem_sentence(problem: dict[str, str], of: str) -> str:
    """`of` is the kind of record that the webhook makes."""
    code, name = problem.get("code", ""), problem.get("field", "")
    kind = get_kind(of)
    label = get_field_label(kind, name)
    values = {"field": label, "path": problem.get("path", ""), "value": problem.get("value", "")}
    values["reason"] = problem.get("reason", "")
    if code == "bad_value":
        return _now("%(field)s stays empty: “%(value)s” from %(path)s wasn’t accepted. %(reason)s") % values
    if code == "value_taken":
        return _now("%(field)s stays empty: another record already has the value “%(value)s”.") % values
    if code == "missing":
        return _now("Nothing was added. %(field)s: %(reason)s") % values
    return str(SENTENCES.get(code, code))


def get_field_label(kind: Any, name: str) -> str:
    """Of a field that a path is mapped to; its name if there is no such field any more."""
    if name == "name":
        return _now("Name")
    return str(kind.get_heading(name)) if kind and name else name


def get_problem_sentences(problems: list[dict[str, str]], of: str) -> list[str]:
    return [get_problem_sentence(problem, of) for problem in problems]
