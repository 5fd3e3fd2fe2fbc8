"""Which links an undone merge gives back to records that the user may not change, and what the undo says of them."""

from typing import Any, NamedTuple

import pytest

from crm.fields.custom.links.incoming_links import IncomingLink
from crm.fields.custom.values.stored_values import patch_values_by_query
from crm.records.history.undo.undo_result import OUT_OF_REACH, UndoResult
from crm.records.history.verb_execution import operation
from customers.models import Company
from duplicates.merging.undo import _report_back, _restore_custom_link, _restore_link
from leads.models import Lead

KEPT, MERGED, THIRD = "the kept one", "the merged one", "a third one"


class Case(NamedTuple):
    """Why the undo left a record as it is, what its link is after the undo, and what it became between merge and undo."""

    reason: str
    after: str | None
    since: str | None = KEPT
    # What the merge had made of the link.
    moved: str | None = KEPT


CASES = {
    "a record that the user doesn't see": Case("hidden", MERGED),
    "a record that the user may not change": Case("not_changeable", MERGED),
    "a record that has changed since in the same field": Case("changed_since", KEPT),
    "a record whose link leads elsewhere by now": Case("hidden", THIRD, THIRD),
    "a record whose link was emptied since": Case("hidden", None, None),
    "a record that would link to itself, so the merge emptied its link": Case("hidden", MERGED, None, None),
    "a record whose emptied link leads elsewhere by now": Case("hidden", THIRD, THIRD, None),
}
OWN_CASES: dict[str, dict[str, Case]] = {
    "custom": {"a record whose field the user may not edit": Case("not_editable", MERGED)},
    "own": {"a record whose field the user may not edit": Case("not_editable", KEPT)},
}


def get_case_rows(way: str) -> list[Any]:
    return [
        pytest.param(way, case, id=f"{way} link, {name}") for name, case in (CASES | OWN_CASES[way]).items()
    ]


def link_custom(field: Any, ids: list[int], linked: int | None) -> None:
    query = "SELECT unnest(%s::bigint[]) AS id, jsonb_build_object(%s::text, %s::bigint) AS changes"
    patch_values_by_query(Lead, query, [ids, field.name, linked])


@pytest.mark.parametrize(("way", "case"), [*get_case_rows("custom"), *get_case_rows("own")])
def test_which_links_an_undone_merge_gives_back(way, case, make_company, make_lead, make_field):
    companies: dict[str | None, int | None] = {
        name: make_company(name).pk for name in (KEPT, MERGED, THIRD)
    } | {None: None}
    if way == "custom":
        field = make_field("Introduced by", "link")
        table, records = "lead", [make_lead("Ana"), make_lead("Eva")]

        def link(ids: list[int], name: str | None) -> None:
            link_custom(field, ids, companies[name])

        def read(pk: int) -> int | None:
            return (Lead.objects.values_list("custom_values__values", flat=True).get(pk=pk) or {}).get(
                field.name
            )
    else:
        table, records = "company", [make_company("Ana"), make_company("Eva")]

        def link(ids: list[int], name: str | None) -> None:
            Company.objects.filter(pk__in=ids).update(parent=companies[name])

        def read(pk: int) -> int | None:
            return Company.objects.get(pk=pk).parent_id

    ids = [record.pk for record in records]
    for name, changed in ((MERGED, ids), (case.moved, ids)):
        with operation("test", by=None) as merge:
            link(changed, name)
    if case.since != case.moved:
        with operation("test", by=None):
            link(ids, case.since)
    # The other record was moved too, and the undo can't reach it for a reason that isn't asked for.
    outcome = UndoResult("company", kept={table: {case.reason: ids[:1], "owner_left": ids[1:]}})
    with operation("undo", by=None):
        if way == "custom":
            _restore_custom_link(merge, IncomingLink(Lead, field), outcome)
        else:
            _restore_link(merge, Company, "parent_id", outcome, OUT_OF_REACH)
    back = case.after != case.since
    assert [read(pk) for pk in ids] == [companies[case.after], companies[case.since]]
    assert outcome.back == ({table: ids[:1]} if back else {})
    assert outcome.kept == {table: ({} if back else {case.reason: ids[:1]}) | {"owner_left": ids[1:]}}


ANA, EVA, DAN = 1, 2, 3


class Report(NamedTuple):
    """Leads that were kept by reason, those that have gone back after all, and what remains."""

    kept: dict[str, list[int]]
    back: set[int]
    remains: dict[str, list[int]]


REPORTS = {
    "none has gone back": Report({"hidden": [ANA]}, set(), {"hidden": [ANA]}),
    "one of two has gone back": Report({"hidden": [ANA, EVA]}, {ANA}, {"hidden": [EVA]}),
    "all have gone back": Report({"hidden": [ANA], "not_changeable": [EVA]}, {ANA, EVA}, {}),
    "all of one reason have gone back": Report(
        {"hidden": [ANA], "not_changeable": [EVA]}, {ANA}, {"not_changeable": [EVA]}
    ),
    "for another reason they are still kept": Report(
        {"hidden": [ANA], "changed_since": [ANA]}, {ANA}, {"changed_since": [ANA]}
    ),
}


@pytest.mark.parametrize("case", REPORTS.values(), ids=REPORTS)
def test_what_an_undo_says_of_records_that_have_gone_back_after_all(case):
    outcome = UndoResult("lead", back={"lead": [DAN]}, kept={"lead": case.kept, "deal": {"hidden": [ANA]}})
    _report_back("lead", case.back, OUT_OF_REACH, outcome)
    assert outcome.kept == ({"lead": case.remains} if case.remains else {}) | {"deal": {"hidden": [ANA]}}
    assert {table: sorted(ids) for table, ids in outcome.back.items()} == {"lead": sorted({DAN, *case.back})}


def test_without_a_record_that_has_gone_back_the_undo_names_none():
    outcome = UndoResult("lead", kept={"lead": {"hidden": [ANA]}})
    _report_back("lead", set(), OUT_OF_REACH, outcome)
    assert outcome.back == {}
