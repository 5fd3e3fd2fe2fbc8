"""Which fields of a form a colleague has changed since it was opened, and what the form shows as it was then."""

from typing import Any, NamedTuple

import pytest

from crm.records.editing.edit_conflicts import get_edit_conflicts, get_record_at_version
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from leads.verbs import Edit


class Case(NamedTuple):
    """Colleagues have changed a lead in Arad, one change after the other. The user has seen `seen` of these changes, and
    has decided about `decided` of them. `sent` is the form; `crosses` are the fields with the values of the colleagues."""

    changes: tuple[dict[str, Any], ...]
    sent: dict[str, Any]
    crosses: dict[str, Any] = {}
    seen: int = 0
    decided: int = 0


CLUJ, BRNO, ZIP = {"city": "Cluj"}, {"city": "Brno"}, {"zip": "1"}
CASES = {
    "no one has changed the lead": Case((), CLUJ),
    "a colleague has changed the same field": Case((BRNO,), CLUJ, BRNO),
    "a colleague has changed it in the same way": Case((CLUJ,), CLUJ),
    "a colleague has changed another field": Case((ZIP,), CLUJ),
    "a colleague has changed it before the form was opened": Case((BRNO,), CLUJ, seen=1),
    "a colleague has changed another field since": Case((BRNO, ZIP), CLUJ, seen=1),
    "a colleague has changed it before and since": Case((BRNO, {"city": "Deva"}), CLUJ, {"city": "Deva"}, seen=1),
    "the user has decided about the change": Case((BRNO,), CLUJ, decided=1),
    "a colleague has changed it again since": Case((BRNO, {"city": "Deva"}), CLUJ, {"city": "Deva"}, decided=1),
    "two fields, of which a colleague has changed one": Case((BRNO,), CLUJ | ZIP, BRNO),
    "two fields that colleagues have changed": Case((BRNO, {"zip": "2"}), CLUJ | ZIP, BRNO | {"zip": "2"}),
    "a colleague has changed it and back": Case((BRNO, {"city": "Arad"}), CLUJ, {"city": "Arad"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_fields_cross_the_change_of_a_colleague(case, make_lead, ada):
    lead = make_lead(city="Arad")
    versions = [lead.version]
    for change in case.changes:
        carry_out(Edit(change), Lead.objects.filter(pk=lead.pk), by=ada)
        versions.append(Lead.objects.get(pk=lead.pk).version)
    now = Lead.objects.get(pk=lead.pk)
    decided = versions[case.decided] if case.decided else 0
    found = get_edit_conflicts(KINDS["lead"], now, versions[case.seen], case.sent, decided=decided)
    assert {one.name: one.theirs for one in found} == case.crosses
    assert {one.name: one.mine for one in found} == {name: case.sent[name] for name in case.crosses}
    # The last change of a field is the one that is shown.
    last = {name: place for place, change in enumerate(case.changes, 1) for name in change}
    assert [one.change.version for one in found] == [versions[last[one.name]] for one in found]


def test_a_form_shows_the_lead_as_it_was_when_it_was_opened(make_lead, make_field, ada):
    field, note = make_field("Course", "date"), make_field("Note")
    lead = make_lead(city="Arad", zip="1", value=10)
    versions = []
    for change in (
        {field.name: "2026-01-05"},
        {"city": "Cluj", "value": "20.50"},
        {"city": "Brno", field.name: None, note.name: "Hi"},
    ):
        versions.append(Lead.objects.get(pk=lead.pk).version)
        values = {
            name: field.type.widget(field).clean(text) if name == field.name and text else text
            for name, text in change.items()
        }
        carry_out(Edit(values), Lead.objects.filter(pk=lead.pk), by=ada)
    drawn = [get_record_at_version(lead, version) for version in versions]
    assert [(one.city, one.zip, one.value) for one in drawn] == [
        ("Arad", "1", 10), ("Arad", "1", 10), ("Cluj", "1", 20.5),
    ]  # fmt: skip
    days = [getattr(one, field.attname) for one in drawn]
    assert [str(day) if day else None for day in days] == [None, "2026-01-05", "2026-01-05"]
    assert [getattr(one, note.attname) for one in drawn] == ["", "", ""]
