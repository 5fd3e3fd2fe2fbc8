"""What may have changed between a plan and its application: then nothing of it is applied."""

from typing import Any, NamedTuple

import pytest

from crm.models import Operation, PlannedRow, Tag
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.apply.plan_application import StalePlan, apply_import_plan
from crm.transfer.imports.apply.record_steps import check_still_allowed, get_custom_field_types
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from leads.models import Lead, LostReason, Source
from tests.decisions.imports.on_paper import ann as ann_may

pytestmark = pytest.mark.django_db
VALUES = "Values that the file uses, such as owners or statuses, have changed since the preview was created. Check the file again."
RULES = "The rules of statuses have changed since the preview was created. Check the file again."
TYPES = "A custom field was changed or deleted since the preview was created. Check the file again."
NOT_CHANGED = "You no longer have permission to change these records. Check the file again."
NOT_IMPORTED = "You no longer have permission to import these records."


class Case(NamedTuple):
    """The planned rows with what they do and write, and why the plan can't be applied. {bob} and so on are their numbers: the
    importer can assign to Bob, and not to Dan."""

    rows: tuple[tuple[str, dict[str, Any]], ...]
    refused: str = ""


CASES = {
    "no rows": Case(()),
    "a row without an owner": Case((("add", {"owner_id": None, "last_name": "Pop"}),)),
    "an owner": Case((("add", {"owner_id": "bob"}),)),
    "an owner who is out of reach by now": Case((("add", {"owner_id": "dan"}),), VALUES),
    "a record that changes to such an owner": Case((("change", {"owner_id": "dan"}),), VALUES),
    "a skipped row with such an owner": Case((("", {"owner_id": "dan"}), ("add", {"owner_id": "bob"}))),
    "one of two rows": Case((("add", {"owner_id": "bob"}), ("add", {"owner_id": "dan"})), VALUES),
    "a department": Case((("add", {"department_id": "sales"}),)),
    "a department out of reach": Case((("add", {"department_id": "export"}),), VALUES),
    "a status": Case((("add", {"status_id": "new"}),)),
    "a status that is gone": Case((("add", {"status_id": "gone"}),), VALUES),
    "a source": Case((("add", {"source_id": "website"}),)),
    "a source that is gone": Case((("add", {"source_id": "gone"}),), VALUES),
    "a source that the import adds": Case((("add", {"source_id": "new:Fair"}),)),
    "a source that was retired": Case((("add", {"source_id": "retired source"}),), VALUES),
    "a source that was retired, for a record that exists": Case(
        (("change", {"source_id": "retired source"}),), VALUES
    ),
    "a retired source that the importer uses again": Case((("add", {"source_id": "reused source"}),)),
    "a lost reason": Case((("add", {"lost_reason_id": "price"}),)),
    "a lost reason that was retired": Case((("add", {"lost_reason_id": "retired reason"}),), VALUES),
    "tags": Case((("add", {"tags": ["hot", "new:fair"]}),)),
    "no tags": Case((("add", {"tags": []}),)),
    "a tag that was retired": Case((("add", {"tags": ["hot", "retired tag"]}),), VALUES),
    "a tag that was retired, for a record that exists": Case(
        (("change", {"tags": ["retired tag"]}),), VALUES
    ),
    "a retired tag of a skipped row": Case((("", {"tags": ["retired tag"]}),)),
    "a retired tag that the importer uses again": Case((("add", {"tags": ["reused tag"]}),)),
    "a retired tag that the record has": Case((("change", {"tags": ["kept tag", "hot"]}),)),
    "another value of this number": Case((("add", {"zip": "dan"}),)),
}


@pytest.fixture
def build(read, cast, departments, statuses, sources):
    """build(rows, counts, by): the application of a plan with these rows; another file has a plan that can't be applied."""
    known = {"bob": cast.bob.pk, "dan": cast.dan.pk, "gone": 999_999}
    known |= {"sales": departments.sales.pk, "export": departments.export.pk}
    known |= {"new": statuses.new.pk, "website": sources.website.pk}
    with operation("test", by=None):
        for name in ("retired source", "reused source"):
            known[name] = Source.objects.create(name=name, retired=True).pk
        known["price"] = LostReason.objects.create(name="Price").pk
        known["retired reason"] = LostReason.objects.create(name="Stolen", retired=True).pk
        for name in ("hot", "retired tag", "reused tag", "kept tag"):
            known[name] = Tag.objects.create(name=name, retired=name != "hot").pk

    def number(value: Any) -> Any:
        return [known.get(one, one) for one in value] if isinstance(value, list) else known.get(value, value)

    def make(rows: Any = (), counts: dict[str, Any] | None = None, by: Any = None) -> Application:
        kind, user = KINDS["lead"], by or cast.ann
        other, told = (read(cast.ann, ["last_name", "owner"], [["Pop", ""]]) for _each in range(2))
        PlannedRow.objects.create(of=other, row=2, action="add", values={"owner_id": known["dan"]})
        for place, (action, values) in enumerate(rows, 2):
            written = {name: number(value) for name, value in values.items()}
            old = {"tags": [known["kept tag"]]} if action == "change" and "tags" in values else {}
            PlannedRow.objects.create(of=told, row=place, action=action, values=written, old=old)
        rules = get_rules_class(kind)(kind, user)
        told.counts = {
            "types": get_custom_field_types(told),
            "rules": rules.get_judging_settings(),
            **(counts or {}),
        }
        rules.treat_as_active({"source": {known["reused source"]}, "tags": {known["reused tag"]}})
        return Application(told, rules, Operation(), lambda done: None)

    return make


def refusal_of(application: Application) -> str:
    try:
        check_still_allowed(application)
    except StalePlan as stale:
        return str(stale)
    return ""


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_plan_is_applied_only_if_its_values_may_still_be_assigned(case, build):
    assert refusal_of(build(case.rows)) == case.refused


STATES: dict[str, tuple[dict[str, Any], str]] = {
    "the same rules": ({}, ""),
    "other rules of statuses": ({"rules": "others"}, RULES),
    "a custom field of another type": ({"types": {"c1": "number"}}, TYPES),
}


@pytest.mark.parametrize(("counts", "refused"), STATES.values(), ids=STATES)
def test_a_plan_is_applied_only_in_the_state_in_which_it_was_made(counts, refused, build):
    assert refusal_of(build(counts=counts)) == refused


# What the importer may do by now, whether the plan changes records, and why it can't be applied.
RIGHTS = {
    "everything": (("view", "add", "change", "import", "assign"), 3, ""),
    "no imports": (("view", "add", "change", "assign"), 0, NOT_IMPORTED),
    "no new records": (("view", "change", "import", "assign"), 0, NOT_IMPORTED),
    "no changes, and it changes some": (("view", "add", "import"), 3, NOT_CHANGED),
    "no changes, and it changes none": (("view", "add", "import"), 0, ""),
}


@pytest.mark.parametrize(("may", "changes", "refused"), RIGHTS.values(), ids=RIGHTS)
def test_a_plan_is_applied_only_by_those_who_still_may(may, changes, refused, build, departments):
    by = ann_may(may, departments=[departments.sales.pk])
    assert refusal_of(build(counts={"change": changes}, by=by)) == refused


def test_a_plan_is_not_applied_if_a_column_may_no_longer_be_edited(build, make_field, ada, ann):
    closed = make_field("Grade", editors=[ada.groups.get().pk])
    for heads, refused in ((["last_name"], False), (["last_name", closed.name], True)):
        application = build()
        application.imported.mapping = heads
        application.imported.counts["types"] = get_custom_field_types(application.imported)
        words = "You can no longer edit all fields of the file. Check the file again."
        assert refusal_of(application) == (words if refused else "")


def test_a_source_that_is_merged_between_the_plan_and_its_application_is_not_used(read, ann, sources):
    told = read(ann, ["last_name", "source"], [["Pop", "Event"]])
    RecordCheck(told, ann).run()
    assert told.counts["new"] == 1
    with operation("test", by=None):
        Source.objects.filter(key="event").update(retired=True)
    with pytest.raises(StalePlan, match="Values that the file uses"):
        apply_import_plan(told, by=ann)
    assert not Lead.objects.exists()


def test_a_record_keeps_a_retired_tag_while_a_file_gives_it_another_one(read, ann, make_lead):
    with operation("test", by=None):
        hot, old = (Tag.objects.create(name=name) for name in ("hot", "old"))
    lead = make_lead(tags=[old.pk], owner=ann)
    told = read(ann, ["id", "tags"], [[f"#{lead.pk}", "hot"]])
    RecordCheck(told, ann).run()
    with operation("test", by=None):
        Tag.objects.filter(pk=old.pk).update(retired=True)
    apply_import_plan(told, by=ann)
    lead.refresh_from_db()
    assert sorted(lead.tags) == [hot.pk, old.pk]
