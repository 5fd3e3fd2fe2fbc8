"""The sources' settings: who may open them, their costs by month, and deletion with a successor."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from openpyxl import load_workbook

from crm.models import Operation, SavedView
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.kind import LEAD
from leads.models import Lead, Source, SourceCost
from leads.settings.lists.settings_lists import get_costs_of_year
from leads.settings.row_history import get_row_history
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.leads.settings.test_status_delete import erase_and_convert

LIST = "/admin/leads/sources"

PAGES = {
    "list": (LIST, "view_source"),
    "new": (f"{LIST}/new", "add_source"),
    "detail": (f"{LIST}/%d", "view_source"),
    "edit": (f"{LIST}/%d/edit", "change_source"),
    "delete": (f"{LIST}/%d/delete", "delete_source"),
    "bulk retire": ("/admin/leads/sources/bulk?action=retire&row=%d", "change_source"),
    "bulk export": ("/admin/leads/sources/bulk?action=export&row=%d", "view_source"),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_requires_its_permission(page, sign_in, someone_with, sources):
    address, right = PAGES[page]
    address = address % sources.event.pk if "%d" in address else address
    assert sign_in(someone_with(right)).get(address).status_code == 200
    others = [
        name for name in ("view_source", "add_source", "change_source", "delete_source") if name != right
    ]
    assert sign_in(someone_with(*others, name="mallory")).get(address).status_code == 403


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia"])
def test_sales_reps_do_not_see_the_settings(name, cast, sign_in):
    assert sign_in(getattr(cast, name)).get(LIST).status_code == 403


def test_company_managers_see_sources_and_their_costs_and_change_nothing(sign_in, conrad, sources):
    browser = sign_in(conrad)
    assert browser.get(LIST).status_code == 200
    assert browser.get(f"{LIST}/new").status_code == 403
    assert browser.get(f"{LIST}/{sources.event.pk}/edit").status_code == 403


def test_the_list_has_a_title_search_filters_and_sorting(sign_in, ada, sources, make_lead):
    make_lead(source="event")
    browser = sign_in(ada)
    assert "<title>Lead sources – Leadwell</title>" in browser.get(LIST).content.decode()

    def shown(query):
        return [row.key for row in browser.get(f"{LIST}?{query}").context["table"].data]

    assert shown("q=ads") == ["paid_ads"]
    assert shown("kind=partner") == ["partner"]
    assert shown("sort=-leads")[0] == "event"
    assert shown("")[0] == "cold_call"


def test_a_source_is_added_changed_and_the_change_undone(sign_in, ada):
    browser = sign_in(ada)
    browser.post(f"{LIST}/new", {"name": "Trade fair", "kind": "event", "hue": 40})
    source = Source.objects.get(name="Trade fair")
    browser.post(
        f"{LIST}/{source.pk}/edit", {"name": "Fair", "kind": "event", "hue": 50, "version": source.version}
    )
    record = Operation.objects.get(kind="edit_source")
    assert [field.label for field in get_row_history(source, "source")[0].fields] == ["Label", "Color"]
    revert_operation(record, by=ada)
    source.refresh_from_db()
    assert (source.name, source.hue) == ("Trade fair", 40)
    revert_operation(Operation.objects.get(kind="add_source"), by=ada)
    source.refresh_from_db()
    assert source.retired


def test_undoing_a_new_source_keeps_it_if_leads_use_it(sign_in, ada, make_lead):
    sign_in(ada).post(f"{LIST}/new", {"name": "Trade fair", "kind": "event", "hue": 40})
    source = Source.objects.get(name="Trade fair")
    make_lead(source=source)
    outcome = revert_operation(Operation.objects.get(kind="add_source"), by=ada)
    source.refresh_from_db()
    assert not source.retired
    assert outcome.kept == {"source": {"worked_on_since": [source.pk]}}


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "WEBSITE"), ("kind", "x"), ("hue", "5"), ("name", "y" * 61)]
)
def test_bad_input_is_an_error_on_its_field_and_writes_nothing(field, value, sign_in, ada):
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(f"{LIST}/new", {"name": "Fair", "kind": "event", "hue": 40} | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert all_tables() == before


def test_a_shipped_label_is_translated_until_it_is_renamed(sources, monkeypatch):
    monkeypatch.setattr("leads.models.source.gettext", lambda text: f"[{text}]")
    source = sources.website
    assert source.label == "[Website]"
    source.name = "Our site"
    assert source.label == "Our site"


def test_an_undo_does_not_restore_a_name_that_another_source_has_taken(sign_in, ada, sources):
    browser = sign_in(ada)
    event = sources.event
    browser.post(
        f"{LIST}/{event.pk}/edit", {"name": "Fair", "kind": "event", "hue": 40, "version": event.version}
    )
    browser.post(f"{LIST}/new", {"name": "event", "kind": "other", "hue": 40})
    outcome = revert_operation(Operation.objects.get(kind="edit_source"), by=ada)
    event.refresh_from_db()
    assert event.name == "Fair"
    assert outcome.kept == {"source": {"name_taken": [event.pk]}}


def test_the_database_rejects_a_duplicate_name(db):
    with pytest.raises(IntegrityError), transaction.atomic(), operation("test", by=None):
        Source.objects.create(name="wEbsite")


# Costs


@pytest.fixture
def costly(sign_in, ada, sources):
    """A browser, and the URL of the costs of paid ads."""
    return sign_in(ada), f"{LIST}/{sources.paid_ads.pk}/costs"


def test_the_cost_of_a_month_is_added_changed_removed_and_each_is_undone(costly, ada, sources):
    browser, address = costly
    browser.post(address, {"month": "2026-05", "amount": "1200.50"})
    cost = SourceCost.objects.get(source=sources.paid_ads)
    assert (cost.month, cost.amount) == (date(2026, 5, 1), Decimal("1200.50"))
    browser.post(f"{address}/{cost.pk}", {"amount": "1300"})
    browser.post(f"{address}/{cost.pk}/remove")
    assert not SourceCost.objects.exists()
    added, changed, removed = Operation.objects.filter(kind="source_cost").order_by("pk")
    revert_operation(removed, by=ada)
    assert SourceCost.objects.get().amount == 1300
    revert_operation(changed, by=ada)
    assert SourceCost.objects.get().amount == Decimal("1200.50")
    revert_operation(added, by=ada)
    assert not SourceCost.objects.exists()
    told = [entry.words for entry in get_row_history(sources.paid_ads, "source")]
    assert "Cost of Paid ads in May 2026: 1200.50" in told
    assert "Undo: Cost of Paid ads in May 2026: 1200.50" in told


def test_a_removed_cost_does_not_come_back_over_a_new_one(costly, ada, sources):
    browser, address = costly
    browser.post(address, {"month": "2026-05", "amount": "10"})
    browser.post(f"{address}/{SourceCost.objects.get().pk}/remove")
    browser.post(address, {"month": "2026-05", "amount": "20"})
    revert_operation(Operation.objects.filter(kind="source_cost").order_by("pk")[1], by=ada)
    assert SourceCost.objects.get().amount == 20


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"month": "", "amount": "1"}, "month"),
        ({"month": "May", "amount": "1"}, "month"),
        ({"month": "2026-13", "amount": "1"}, "month"),
        ({"month": "2026-06", "amount": "-1"}, "amount"),
        ({"month": "2026-06", "amount": "much"}, "amount"),
        ({"month": "2026-06", "amount": "1.234"}, "amount"),
        ({"month": "2026-05", "amount": "3"}, "month"),
    ],
)
def test_an_invalid_cost_is_an_error_on_its_field(values, field, costly, sources):
    browser, address = costly
    browser.post(address, {"month": "2026-05", "amount": "2"})
    answer = browser.post(address, values)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert f'value="{values["amount"]}"' in answer.content.decode()
    assert SourceCost.objects.count() == 1


def test_a_month_may_be_typed_without_a_month_picker(costly):
    browser, address = costly
    for typed in ("05/2026", "6.2026", "2026-07-15"):
        assert browser.post(address, {"month": typed, "amount": "1"}).status_code == 302
    assert [cost.month.month for cost in SourceCost.objects.newest_first()] == [7, 6, 5]


def test_costs_are_summed_by_year_on_the_page_and_in_the_list(costly, sources):
    browser, address = costly
    year = timezone.localdate().year
    for month, amount in ((f"{year}-01", "100"), (f"{year}-02", "50.25"), (f"{year - 1}-12", "7")):
        browser.post(address, {"month": month, "amount": amount})
    years = browser.get(f"{LIST}/{sources.paid_ads.pk}").context["years"]
    assert [(line.year, line.total) for line in years] == [(year, Decimal("150.25")), (year - 1, 7)]
    assert get_costs_of_year() == {sources.paid_ads.pk: Decimal("150.25")}
    assert "150.25" in browser.get(LIST).content.decode()


def test_costs_require_the_permission_to_change_the_source(sign_in, someone_with, sources):
    with operation("test", by=None):
        cost = SourceCost.objects.create(source=sources.event, month=date(2026, 1, 1), amount=5)
    browser = sign_in(someone_with("view_source", "add_source", "delete_source"))
    address = f"{LIST}/{sources.event.pk}/costs"
    assert browser.post(address, {"month": "2026-05", "amount": "1"}).status_code == 403
    assert browser.get(f"{address}/{cost.pk}").status_code == 403
    assert browser.post(f"{address}/{cost.pk}", {"amount": "1"}).status_code == 403
    assert browser.post(f"{address}/{cost.pk}/remove").status_code == 403
    assert SourceCost.objects.get().amount == 5


def test_a_cost_of_another_source_is_not_found(costly, sources):
    browser, _address = costly
    with operation("test", by=None):
        cost = SourceCost.objects.create(source=sources.event, month=date(2026, 1, 1), amount=5)
    assert browser.get(f"{LIST}/{sources.website.pk}/costs/{cost.pk}").status_code == 404
    assert browser.post(f"{LIST}/{sources.website.pk}/costs/{cost.pk}/remove").status_code == 404


# Deleting


def test_deleting_moves_leads_and_views_and_undo_restores_everything(sign_in, ada, ann, sources, make_lead):
    make_lead("Ana One", source="event")
    make_lead("Ana Binned", source="event", deleted_at="2026-01-01T00:00Z")
    SavedView.objects.create(table="lead", owner=ann, name="Fairs", query=f"source={sources.event.pk}")
    browser = sign_in(ada)
    before = all_tables()
    browser.post(f"{LIST}/{sources.event.pk}/delete", {"successor": sources.partner.pk})
    assert Lead.objects.filter(source=sources.partner).count() == 2
    assert SavedView.objects.get().query == f"source={sources.partner.pk}"
    assert Source.objects.get(pk=sources.event.pk).retired
    revert_operation(Operation.objects.get(kind="retire_source"), by=ada)
    assert all_tables() == before


def test_a_source_of_erased_and_converted_leads_is_deleted_and_undo_restores_everything(
    sign_in, ada, sources, make_lead, make_company
):
    erase_and_convert(make_lead(source=sources.event), make_lead(source=sources.event), make_company())
    browser = sign_in(ada)
    before = all_tables()
    browser.post(f"{LIST}/{sources.event.pk}/delete", {"successor": sources.partner.pk})
    assert Lead.objects.filter(source=sources.partner).count() == 2
    assert Source.objects.get(pk=sources.event.pk).retired
    undone = revert_operation(Operation.objects.get(kind="retire_source"), by=ada)
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert Lead.objects.filter(source=sources.partner).count() == 2


def test_a_user_does_not_change_the_source_of_erased_and_converted_leads(
    ada, sources, make_lead, make_company
):
    erased, converted = make_lead(), make_lead()
    erase_and_convert(erased, converted, make_company())
    verb = LEAD.get_action("source").verb({"source": sources.event}, ada)
    outcome = carry_out(verb, Lead.objects.changeable_by(ada), by=ada)
    assert (outcome.changed, outcome.refused) == ([], {"erased": [erased.pk], "converted": [converted.pk]})


def test_the_export_contains_costs_and_counts(sign_in, ada, costly, sources, make_lead):
    make_lead(source="paid_ads")
    browser, address = costly
    browser.post(address, {"month": f"{timezone.localdate().year}-01", "amount": "99.50"})
    answer = browser.get(f"/admin/leads/sources/bulk?action=export&row={sources.paid_ads.pk}")
    head, row = load_workbook(BytesIO(answer.content)).worksheets[0].values
    found = dict(zip(head, row, strict=True))
    assert (found["Label"], found["Cost this year"], found["Leads"]) == ("Paid ads", 99.5, 1)
