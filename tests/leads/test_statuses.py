"""The statuses' settings: who may open them, what a form refuses, the one status for new leads, order, deletion."""

from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from crm.change import carry_out, operation
from crm.jobs import KINDS as JOB_KINDS
from crm.models import Change, Job, Operation
from crm.undo import undo
from leads.models import Lead, SavedView, Status
from leads.settings.forms import make_default
from leads.settings.history import history_of
from leads.settings.kinds import KINDS
from leads.settings.retirement import Refused, Retirement
from leads.settings.usage import usage_of
from leads.verbs import Move
from tests.leads.test_undo import all_tables

LIST = "/admin/leads/statuses"


def sent(status: Status, **changes) -> dict:
    """What the form of this status sends when only these fields are changed."""
    data = {
        "name": status.name,
        "kind": status.kind,
        "hue": status.hue,
        "meaning": status.meaning,
        "required_fields": status.required_fields,
        "most_days": status.most_days or "",
        "next_action_prompt": status.next_action_prompt,
        "version": status.version,
    }
    ticks = {name: "on" for name in ("is_default", "retired") if getattr(status, name)}
    data = data | ticks | changes
    return {name: value for name, value in data.items() if value is not None}


def new(**values) -> dict:
    return {"name": "Waiting for budget", "kind": "proposal", "hue": 70, **values}


PAGES = {
    "list": (LIST, "view_status"),
    "new": (f"{LIST}/new", "add_status"),
    "detail": (f"{LIST}/%d", "view_status"),
    "edit": (f"{LIST}/%d/edit", "change_status"),
    "delete": (f"{LIST}/%d/delete", "delete_status"),
    "bulk retire": ("/admin/leads/statuses/bulk?action=retire&row=%d", "change_status"),
    "bulk export": ("/admin/leads/statuses/bulk?action=export&row=%d", "view_status"),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_with_its_right_and_is_forbidden_without(page, sign_in, someone_with, statuses):
    address, right = PAGES[page]
    address = address % statuses.qualified.pk if "%d" in address else address
    assert sign_in(someone_with(right)).get(address).status_code == 200
    others = [
        name for name in ("view_status", "add_status", "change_status", "delete_status") if name != right
    ]
    assert sign_in(someone_with(*others, name="mallory")).get(address).status_code == 403


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_sales_people_do_not_see_the_settings(name, cast, sign_in):
    browser = sign_in(getattr(cast, name))
    assert browser.get(LIST).status_code == 403
    assert LIST not in browser.get("/admin/leads").content.decode()


def test_the_list_has_its_title_and_every_status_in_order(sign_in, ada, make_lead):
    make_lead()
    page = sign_in(ada).get(LIST).content.decode()
    assert "<title>Lead statuses – Leadwell</title>" in page
    places = [
        page.index(f">{name}</span>") for name in ("New", "Contacted", "Qualified", "Proposal", "Won", "Lost")
    ]
    assert places == sorted(places)
    assert "/admin/leads?status=" in page


def test_the_list_is_searched_filtered_and_sorted(sign_in, ada, statuses, make_status):
    make_status("Waiting for budget", retired=True)
    browser = sign_in(ada)

    def shown(query):
        table = browser.get(f"{LIST}?{query}").context["table"]
        return [row.name for row in table.data]

    assert shown("q=disq") == ["Disqualified"]
    assert shown("kind=won") == ["Won"]
    assert shown("state=retired") == ["Waiting for budget"]
    assert "Waiting for budget" in shown("state=all")
    assert "Waiting for budget" not in shown("")
    assert shown("sort=label")[:2] == ["Contacted", "Disqualified"]
    assert shown("sort=-most_days")[:1] == ["Proposal"]
    assert shown("sort=most_days")[-1] in ("Won", "Lost", "Disqualified")
    assert shown("sort=password")[0] == "New"


def test_an_unknown_filter_value_is_named_and_left_out(sign_in, ada):
    answer = sign_in(ada).get(f"{LIST}?kind=nonsense")
    assert answer.status_code == 400
    assert "This filter was left out." in answer.content.decode()


def test_a_new_status_comes_in_after_its_kind_as_one_operation_with_undo(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/new", new(required_fields=["email", "company"], most_days=90))
    status = Status.objects.get(name="Waiting for budget")
    assert answer["Location"] == f"{LIST}/{status.pk}"
    names = list(Status.objects.in_order().values_list("name", flat=True))
    assert names.index("Waiting for budget") == names.index("Proposal") + 1
    assert set(status.required_fields) == {"email", "company"}
    record = Operation.objects.get(kind="add_status")
    assert record.by == ada
    undo(record, by=ada)
    status.refresh_from_db()
    assert status.retired
    assert [row.name for row in Status.objects.active().in_order()][4:] == ["Won", "Lost", "Disqualified"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "This field is required"),
        ("name", " qualified ", "There is one of this name already"),
        ("kind", "dancing", "Select a valid choice"),
        ("hue", "77", "Select a valid choice"),
        ("most_days", "0", "greater than or equal to 1"),
        ("most_days", "4000", "less than or equal to 3650"),
        ("most_days", "soon", "Enter a whole number"),
        ("required_fields", ["password"], "Select a valid choice"),
        ("name", "x" * 61, "at most 60 characters"),
    ],
)
def test_bad_input_is_named_at_its_field_keeps_what_was_typed_and_writes_nothing(
    field, value, says, sign_in, ada
):
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(f"{LIST}/new", new(meaning="Money next year") | {field: value})
    assert answer.status_code == 422
    assert says in answer.context["form"].errors[field][0]
    assert "Money next year" in answer.content.decode()
    assert all_tables() == before


def test_an_empty_post_is_a_form_with_errors_not_a_crash(sign_in, ada):
    assert sign_in(ada).post(f"{LIST}/new", {}).status_code == 422


def test_a_retired_name_says_that_it_can_be_activated(sign_in, ada, make_status):
    make_status("Waiting for budget", retired=True)
    answer = sign_in(ada).post(f"{LIST}/new", new())
    assert "activate that one instead" in answer.context["form"].errors["name"][0]


def test_editing_is_recorded_field_by_field_and_shown_in_the_history(sign_in, ada, statuses):
    status = statuses.qualified
    sign_in(ada).post(f"{LIST}/{status.pk}/edit", sent(status, name="Hot", most_days=7))
    record = Operation.objects.get(kind="edit_status")
    assert Change.objects.get(operation=record).fields == {"name": ["Qualified", "Hot"], "most_days": [14, 7]}
    entry = history_of(status, "status")[0]
    assert [(field.label, field.old, field.new) for field in entry.fields] == [
        ("Label", "Qualified", "Hot"),
        ("At most", "14", "7"),
    ]
    page = sign_in(ada).get(f"{LIST}/{status.pk}").content.decode()
    assert "Edit status Hot" in page
    undo(record, by=ada)
    status.refresh_from_db()
    assert (status.name, status.most_days) == ("Qualified", 14)


def test_saving_without_a_change_leaves_no_operation(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.won.pk}/edit", sent(statuses.won), follow=True)
    assert "Nothing was changed." in answer.content.decode()
    assert not Operation.objects.filter(kind="edit_status").exists()


def test_a_shipped_label_is_translated_until_it_is_renamed(statuses, monkeypatch):
    monkeypatch.setattr("leads.models.status.gettext", lambda text: f"[{text}]")
    status = statuses.won
    assert status.label == "[Won]"
    status.name = "Client"
    assert status.label == "Client"
    status.name = "New"
    assert status.label == "New"


def test_the_second_of_two_writers_is_told_and_may_save_again(sign_in, ada, statuses):
    status = statuses.qualified
    stale = sent(status, meaning="Mine", required_fields=["email", "phone"])
    with operation("edit_status", by=ada):
        Status.objects.filter(pk=status.pk).update(meaning="Theirs")
    answer = sign_in(ada).post(f"{LIST}/{status.pk}/edit", stale)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Ada has changed this meanwhile: meaning." in page
    assert "Mine" in page
    assert answer.context["form"]["required_fields"].value() == ["email", "phone"]
    status.refresh_from_db()
    assert status.meaning == "Theirs"
    sign_in(ada).post(f"{LIST}/{status.pk}/edit", stale | {"version": answer.context["form"].data["version"]})
    status.refresh_from_db()
    assert status.meaning == "Mine"


# The status for new leads


def defaults() -> list[str]:
    return list(Status.objects.filter(is_default=True).values_list("name", flat=True))


def test_making_another_status_the_one_for_new_leads_takes_the_mark_from_the_first_in_one_operation(
    sign_in, ada, statuses
):
    sign_in(ada).post(f"{LIST}/{statuses.contacted.pk}/edit", sent(statuses.contacted, is_default="on"))
    assert defaults() == ["Contacted"]
    record = Operation.objects.get(kind="edit_status")
    assert record.changed == 2
    undo(record, by=ada)
    assert defaults() == ["New"]


def test_the_mark_is_not_given_back_once_it_has_gone_further(ada, statuses):
    with operation("edit_status", by=ada, changed=2) as first:
        make_default(statuses.contacted)
    with operation("edit_status", by=ada, changed=2):
        make_default(statuses.qualified)
    outcome = undo(first, by=ada)
    assert defaults() == ["Qualified"]
    assert set(outcome.kept) <= {"default_changed", "changed_since"}


def test_the_mark_is_not_given_back_to_a_status_that_was_retired_since(ada, statuses):
    with operation("edit_status", by=ada, changed=2) as first:
        make_default(statuses.contacted)
    with operation("edit_status", by=ada):
        Status.objects.filter(pk=statuses.new.pk).update(retired=True)
    undo(first, by=ada)
    assert defaults() == ["Contacted"]


def test_a_new_status_for_new_leads_is_taken_back_together_with_the_mark(sign_in, ada):
    sign_in(ada).post(f"{LIST}/new", new(kind="new", is_default="on"))
    assert defaults() == ["Waiting for budget"]
    undo(Operation.objects.get(kind="add_status"), by=ada)
    assert defaults() == ["New"]
    assert Status.objects.get(name="Waiting for budget").retired


def test_the_mark_cannot_be_taken_away_without_giving_it_to_another(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.new.pk}/edit", sent(statuses.new, is_default=None))
    assert answer.status_code == 422
    assert "New leads have to start somewhere" in answer.context["form"].errors["is_default"][0]
    assert defaults() == ["New"]


@pytest.mark.parametrize(("field", "value"), [("retired", "on"), ("kind", "lost")])
def test_the_status_for_new_leads_stays_open_and_in_use(field, value, sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.new.pk}/edit", sent(statuses.new, **{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_an_undo_never_retires_or_closes_the_status_for_new_leads(ada, make_status):
    status = make_status("Again", kind="lost", retired=True)
    with operation("edit_status", by=ada, changed=1) as opened:
        Status.objects.filter(pk=status.pk).update(kind="new", retired=False)
    with operation("edit_status", by=ada):
        make_default(status)
    outcome = undo(opened, by=ada)
    status.refresh_from_db()
    assert (status.kind, status.retired, status.is_default) == ("new", False, True)
    assert outcome.kept == {"is_default": [status.pk]}


def test_the_database_refuses_a_second_default_a_retired_one_and_a_closed_one(statuses):
    for values in ({"is_default": True}, {"is_default": True, "retired": True}):
        with pytest.raises(IntegrityError), transaction.atomic(), operation("test", by=None):
            Status.objects.filter(pk=statuses.contacted.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic(), operation("test", by=None):
        Status.objects.filter(pk=statuses.new.pk).update(kind="won")


# The kind


def test_changing_the_kind_of_a_status_that_leads_are_in_is_explained_and_asked_for(
    sign_in, ada, statuses, make_lead
):
    lead = make_lead(status="proposal")
    browser, address = sign_in(ada), f"{LIST}/{statuses.proposal.pk}/edit"
    answer = browser.post(address, sent(statuses.proposal, kind="won"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "1 lead is in this status." in page
    assert "the day of winning stays empty" in page
    statuses.proposal.refresh_from_db()
    assert statuses.proposal.kind == "proposal"
    browser.post(address, sent(statuses.proposal, kind="won", confirmed="on"))
    lead.refresh_from_db()
    assert lead.status.kind == "won"
    assert lead.converted_at is None


def test_changing_the_kind_of_an_empty_status_needs_no_confirmation(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.proposal.pk}/edit", sent(statuses.proposal, kind="won"))
    assert answer.status_code == 302


# The contract


def test_required_fields_hold_for_every_move_after_they_were_changed(sign_in, ada, ann, statuses, make_lead):
    inside = make_lead("Ana Inside", status="qualified")
    outside = make_lead("Ana Outside")
    sign_in(ada).post(
        f"{LIST}/{statuses.qualified.pk}/edit", sent(statuses.qualified, required_fields=["company"])
    )
    status = Status.objects.get(pk=statuses.qualified.pk)
    outcome = carry_out(Move(status), Lead.objects.present().changeable_by(ann), by=ann)
    assert outcome.refused == {"needs:company": [outside.pk]}
    assert outcome.unchanged == [inside.pk]
    page = sign_in(ada).get(f"{LIST}/{status.pk}").content.decode()
    assert "1 of its leads has no company." in page
    assert "A lead enters only with: company." in page


# The order


def names_in_order() -> list[str]:
    return list(Status.objects.in_order().values_list("name", flat=True))


def test_a_status_moves_one_step_as_one_operation(sign_in, ada, statuses):
    browser = sign_in(ada)
    browser.post(f"{LIST}/order", {"down": statuses.new.pk})
    assert names_in_order()[:3] == ["Contacted", "New", "Qualified"]
    record = Operation.objects.get(kind="edit_status")
    undo(record, by=ada)
    assert names_in_order()[:3] == ["New", "Contacted", "Qualified"]


def test_a_step_passes_over_retired_statuses(sign_in, ada, statuses, make_status):
    make_status("Hidden", retired=True, position=statuses.contacted.position)
    sign_in(ada).post(f"{LIST}/order", {"up": statuses.qualified.pk})
    shown = [row.name for row in Status.objects.active().in_order()]
    assert shown[:3] == ["New", "Qualified", "Contacted"]


def test_the_first_cannot_go_up_and_nonsense_is_not_found(sign_in, ada, statuses):
    browser = sign_in(ada)
    answer = browser.post(f"{LIST}/order", {"up": statuses.new.pk}, follow=True)
    assert "Nothing was changed." in answer.content.decode()
    for value in ("999999", "x", "", "9" * 30):
        assert browser.post(f"{LIST}/order", {"up": value}).status_code == 404
    assert browser.get(f"{LIST}/order").status_code == 405


def test_the_order_needs_the_right_to_change(sign_in, someone_with, statuses):
    browser = sign_in(someone_with("view_status", "add_status", "delete_status"))
    assert browser.post(f"{LIST}/order", {"down": statuses.new.pk}).status_code == 403
    assert names_in_order()[0] == "New"


# Retire, activate, export


def test_the_preview_says_what_will_change_what_is_so_and_what_is_refused(
    sign_in, ada, statuses, make_status
):
    old = make_status("Old", retired=True)
    address = (
        f"/admin/leads/statuses/bulk?action=retire&row={statuses.new.pk}&row={statuses.lost.pk}&row={old.pk}"
    )
    browser = sign_in(ada)
    before = all_tables()
    judged = browser.get(address).context["judged"]
    assert ([row.name for row in judged.changed], [row.name for row in judged.unchanged]) == (
        ["Lost"],
        ["Old"],
    )
    assert [(row.name, why) for row, why in judged.refused] == [
        ("New", "New leads start here: it has to stay open and in use.")
    ]
    assert all_tables() == before


def test_retiring_several_is_one_operation_that_can_be_undone(sign_in, ada, statuses):
    address = (
        f"/admin/leads/statuses/bulk?action=retire&row={statuses.lost.pk}&row={statuses.disqualified.pk}"
    )
    answer = sign_in(ada).post(address, follow=True)
    assert "2 are retired." in answer.content.decode()
    record = Operation.objects.get(kind="edit_status")
    assert record.changed == 2
    assert reverse("operation_undo", args=[record.pk]) in answer.content.decode()
    undo(record, by=ada)
    assert not Status.objects.filter(retired=True).exists()


def test_activating_brings_a_status_back(sign_in, ada, make_status):
    old = make_status("Old", retired=True)
    sign_in(ada).post(f"/admin/leads/statuses/bulk?action=activate&row={old.pk}")
    old.refresh_from_db()
    assert not old.retired


def test_nothing_ticked_and_unknown_actions_are_answered(sign_in, ada):
    browser = sign_in(ada)
    answer = browser.get("/admin/leads/statuses/bulk?action=retire", follow=True)
    assert "Nothing was selected." in answer.content.decode()
    assert browser.get("/admin/leads/statuses/bulk?action=dance&row=1").status_code == 404


def test_retiring_in_bulk_needs_the_right_to_change(sign_in, someone_with, statuses):
    browser = sign_in(someone_with("view_status", "add_status", "delete_status"))
    answer = browser.post(f"/admin/leads/statuses/bulk?action=retire&row={statuses.lost.pk}")
    assert answer.status_code == 403
    assert not Status.objects.filter(retired=True).exists()


def test_the_export_holds_the_ticked_rows_or_all_that_the_list_shows(sign_in, ada, statuses, make_lead):
    make_lead(status="lost", lost_reason=None)
    browser = sign_in(ada)

    def rows(query):
        answer = browser.get(f"/admin/leads/statuses/bulk?action=export&{query}")
        assert answer["Content-Type"].endswith("spreadsheetml.sheet")
        return list(load_workbook(BytesIO(answer.content)).worksheets[0].values)

    ticked = rows(f"row={statuses.lost.pk}")
    assert len(ticked) == 2
    found = dict(zip(ticked[0], ticked[1], strict=True))
    assert (found["Label"], found["Kind"], found["Leads"], found["Retired"]) == ("Lost", "lost", 1, "no")
    assert [row[1] for row in rows("kind=won")[1:]] == ["Won"]
    assert len(rows("")) == 8


# Deleting


@pytest.fixture
def scene(ann, bob, carla, departments, make_lead, statuses):
    """Leads of two departments, one of them in the bin, and two saved views."""
    leads = [
        make_lead("Ana One", status="qualified", owner=bob),
        make_lead("Ana Two", status="qualified", department=departments.export),
        make_lead("Ana Three"),
        make_lead("Ana Binned", status="qualified", binned_at="2026-01-01T00:00Z"),
    ]
    old, other = statuses.qualified.pk, statuses.proposal.pk
    views = [
        SavedView.objects.create(owner=ann, name="Hot", query=f"status={old}&status={other}&vip=yes"),
        SavedView.objects.create(owner=carla, name="Twelve", query=f"status={old}2&sort=name"),
    ]
    return leads, views


def test_the_page_shows_who_uses_a_status_and_asks_for_its_successor(scene, sign_in, ada, statuses):
    answer = sign_in(ada).get(f"{LIST}/{statuses.qualified.pk}/delete")
    usage = answer.context["usage"]
    assert [(str(line.department), line.number) for line in usage.departments] == [
        ("Export", 1),
        ("Sales", 1),
    ]
    assert (usage.binned, [view.name for view in usage.views]) == (1, ["Hot"])
    page = answer.content.decode()
    assert "Move 3 leads and delete" in page
    assert f"?status={statuses.qualified.pk}&amp;department=" in page
    successors = [name for _pk, name in answer.context["form"].fields["successor"].choices]
    assert "Qualified" not in successors


def test_deleting_moves_all_leads_and_views_and_undo_brings_all_of_it_back(scene, sign_in, ada, statuses):
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(
        f"{LIST}/{statuses.qualified.pk}/delete", {"successor": statuses.proposal.pk}, follow=True
    )
    assert "Qualified is deleted." in answer.content.decode()
    assert set(Lead.objects.filter(first_name="Ana").values_list("status__key", flat=True)) == {
        "proposal",
        "new",
    }
    assert Status.objects.get(pk=statuses.qualified.pk).retired
    queries = list(SavedView.objects.in_order().values_list("query", flat=True))
    assert queries == [f"status={statuses.proposal.pk}&vip=yes", f"status={statuses.qualified.pk}2&sort=name"]
    record = Operation.objects.get(kind="retire_status")
    assert (record.changed, record.by) == (3, ada)
    undone = undo(record, by=ada)
    assert all_tables() == before
    undo(undone.operation, by=ada)
    assert Status.objects.get(pk=statuses.qualified.pk).retired
    assert SavedView.objects.get(name="Hot").query == f"status={statuses.proposal.pk}&vip=yes"
    assert not Lead.objects.filter(status=statuses.qualified).exists()


def test_an_undo_leaves_a_saved_view_that_its_owner_has_changed_since(scene, ada, statuses):
    record = Retirement(KINDS["status"], statuses.qualified.pk, statuses.proposal.pk).carry_out(by=ada)
    SavedView.objects.filter(name="Hot").update(query="vip=no")
    undo(record, by=ada)
    assert SavedView.objects.get(name="Hot").query == "vip=no"


def test_a_successor_is_needed_where_it_is_used(scene, sign_in, ada, statuses):
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(f"{LIST}/{statuses.qualified.pk}/delete", {})
    assert answer.status_code == 422
    assert "successor" in answer.context["form"].errors
    assert all_tables() == before


@pytest.mark.parametrize("successor", ["itself", "retired", "nonsense"])
def test_a_successor_must_be_another_status_in_use(successor, scene, sign_in, ada, statuses, make_status):
    values = {
        "itself": statuses.qualified.pk,
        "retired": make_status("Old", retired=True).pk,
        "nonsense": "x",
    }
    answer = sign_in(ada).post(f"{LIST}/{statuses.qualified.pk}/delete", {"successor": values[successor]})
    assert answer.status_code == 422
    assert not Operation.objects.filter(kind="retire_status").exists()


def test_a_lost_successor_needs_a_reason(scene, sign_in, ada, statuses, reasons):
    address = f"{LIST}/{statuses.qualified.pk}/delete"
    answer = sign_in(ada).post(address, {"successor": statuses.lost.pk})
    assert answer.status_code == 422
    assert "Lost needs a reason." in answer.context["form"].errors["reason"]
    sign_in(ada).post(
        address, {"successor": statuses.lost.pk, "reason": reasons.budget.pk, "remark": "Tidied up"}
    )
    lead = Lead.objects.get(last_name="One")
    assert (lead.status, lead.lost_reason, lead.lost_remark) == (statuses.lost, reasons.budget, "Tidied up")


def test_lost_leads_keep_their_own_reason_when_the_successor_is_lost_too(
    sign_in, ada, statuses, reasons, make_lead
):
    lead = make_lead(status="lost", lost_reason=reasons.timing)
    sign_in(ada).post(f"{LIST}/{statuses.lost.pk}/delete", {"successor": statuses.disqualified.pk})
    lead.refresh_from_db()
    assert (lead.status, lead.lost_reason) == (statuses.disqualified, reasons.timing)


def test_a_status_that_nothing_uses_goes_without_a_successor(sign_in, ada, statuses):
    answer = sign_in(ada).get(f"{LIST}/{statuses.won.pk}/delete")
    assert "Nothing uses it." in answer.content.decode()
    sign_in(ada).post(f"{LIST}/{statuses.won.pk}/delete")
    assert Status.objects.get(pk=statuses.won.pk).retired


def test_the_status_for_new_leads_cannot_be_deleted(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.new.pk}/delete", {"successor": statuses.won.pk})
    assert answer.status_code == 409
    assert "New leads start here" in answer.content.decode()


def test_who_may_not_change_all_of_its_leads_cannot_delete_a_status(scene, sign_in, someone_with, statuses):
    eve = someone_with("view_lead", "change_lead", "see_departments", "view_status", "delete_status")
    answer = sign_in(eve).post(f"{LIST}/{statuses.qualified.pk}/delete", {"successor": statuses.proposal.pk})
    assert answer.status_code == 409
    assert "Leads that you may not change use it." in answer.content.decode()
    assert Lead.objects.filter(status=statuses.qualified).count() == 3
    assert not Operation.objects.filter(kind="retire_status").exists()


def test_leads_that_came_into_a_retired_status_can_still_be_moved_out_of_it(ada, statuses, make_lead):
    with operation("edit_status", by=ada):
        Status.objects.filter(pk=statuses.qualified.pk).update(retired=True)
    lead = make_lead(status="qualified")
    record = Retirement(KINDS["status"], statuses.qualified.pk, statuses.proposal.pk).carry_out(by=ada)
    lead.refresh_from_db()
    assert (lead.status, record.changed) == (statuses.proposal, 1)


def test_over_some_thousand_leads_it_runs_as_a_job(scene, sign_in, ada, statuses, monkeypatch):
    monkeypatch.setattr("leads.views.settings_delete.ROWS_AT_ONCE", 2)
    answer = sign_in(ada).post(f"{LIST}/{statuses.qualified.pk}/delete", {"successor": statuses.proposal.pk})
    job = Job.objects.get(kind="retire_setting")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert job.total == 3
    seen = []
    record = JOB_KINDS["retire_setting"](job, lambda done, total: seen.append((done, total)))
    assert record.changed == 3
    assert seen[-1] == (3, 3)
    assert Status.objects.get(pk=statuses.qualified.pk).retired


def test_a_job_of_somebody_who_has_lost_the_right_changes_nothing(scene, ada, bob, statuses):
    from crm.jobs import Problem

    arguments = Retirement(KINDS["status"], statuses.qualified.pk, statuses.proposal.pk).arguments()
    job = Job.objects.create(kind="retire_setting", user=bob, arguments=arguments)
    with pytest.raises(Problem):
        JOB_KINDS["retire_setting"](job, lambda done, total: None)


def test_a_successor_that_was_retired_meanwhile_is_refused(scene, ada, statuses):
    with operation("edit_status", by=ada):
        Status.objects.filter(pk=statuses.proposal.pk).update(retired=True)
    with pytest.raises(Refused):
        Retirement(KINDS["status"], statuses.qualified.pk, statuses.proposal.pk).carry_out(by=ada)


def test_the_use_of_a_status_counts_only_leads_that_the_viewer_sees(scene, ann, statuses):
    usage = usage_of("status", statuses.qualified.pk, ann)
    assert (usage.present, usage.beyond) == (1, True)


def test_an_unknown_status_is_not_found(sign_in, ada):
    browser = sign_in(ada)
    for end in ("", "/edit", "/delete"):
        assert browser.get(f"{LIST}/999999{end}").status_code == 404


def test_the_words_of_an_operation_name_the_status_in_the_readers_language(sign_in, ada, statuses):
    from leads.operations import words_of

    sign_in(ada).post(f"{LIST}/{statuses.won.pk}/delete")
    with translation.override("en"):
        assert words_of(Operation.objects.get(kind="retire_status")) == "Delete status Won"
