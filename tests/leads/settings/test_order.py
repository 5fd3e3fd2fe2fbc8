"""The order and the names of statuses, sources, tags and lost reasons, changed from their lists: for one row and for several."""

import pytest

from accounts.ownership.record_form import RecordForm
from crm.models import Operation, Tag
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from leads.actions import SourceForm
from leads.api.connect.statuses_and_sources import SOURCE
from leads.models import Lead, Source
from leads.settings.lists.row_order import get_sibling_rows
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.sorts import SORTS
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.leads.settings.test_merge import LISTS, TABLES

RIGHTS = ["view", "add", "delete"]


@pytest.fixture
def rows(statuses, sources, reasons, make_tag):
    """rows("source") gives the rows of a table in their present order."""
    for name in ("hot", "Cold", "warm"):
        make_tag(name)
    return lambda table: get_sibling_rows(SETTINGS_TABLES[table].model.objects.in_order().first())


def address(table: str, verb: str, *chosen) -> str:
    return f"{LISTS[table]}/{verb}?{'&'.join(f'row={row.pk}' for row in chosen)}"


@TABLES
def test_a_row_moves_by_one_step_and_undo_restores_everything(table, rows, sign_in, ada):
    first, second, *others = rows(table)
    browser, before = sign_in(ada), all_tables()
    assert f'name="up" value="{second.pk}"' in browser.get(LISTS[table]).text
    browser.post(f"{LISTS[table]}/order", {"up": second.pk})
    assert rows(table) == [second, first, *others]
    record = Operation.objects.latest("pk")
    assert describe_operation(record).startswith("Reorder ")
    revert_operation(record, by=ada)
    assert all_tables() == before


@TABLES
def test_several_rows_move_behind_another_one_or_to_the_beginning_in_their_order(table, rows, sign_in, ada):
    first, second, third, *others = rows(table)
    browser, before = sign_in(ada), all_tables()
    page = browser.get(address(table, "order", first, second))
    assert f"After {third.label}" in page.text
    assert all_tables() == before
    browser.post(address(table, "order", second, first), {"after": third.pk})
    assert rows(table) == [third, first, second, *others]
    browser.post(address(table, "order", second), {"after": "first"})
    assert rows(table) == [second, third, first, *others]
    for record in Operation.objects.order_by("-pk")[:2]:
        revert_operation(record, by=ada)
    assert all_tables() == before


@TABLES
@pytest.mark.parametrize("after", ["", "itself", "x"])
def test_a_place_that_does_not_exist_moves_nothing(table, after, rows, sign_in, ada):
    first = rows(table)[0]
    browser, before = sign_in(ada), all_tables()
    answer = browser.post(address(table, "order", first), {"after": first.pk if after == "itself" else after})
    assert (answer.status_code, all_tables()) == (422, before)


@TABLES
@pytest.mark.parametrize("verb", ["order", "rename"])
def test_moving_and_renaming_require_the_permission_to_change(table, verb, rows, sign_in, someone_with):
    model, first = SETTINGS_TABLES[table].model._meta.model_name, rows(table)[0]
    eve = sign_in(someone_with(*(f"{right}_{model}" for right in RIGHTS)))
    assert eve.get(address(table, verb, first)).status_code == 403
    assert eve.post(f"{LISTS[table]}/{verb}", {"up": first.pk}).status_code == 403
    assert f'action="{LISTS[table]}/{verb}"' not in eve.get(LISTS[table]).text


def test_statuses_of_two_pipelines_do_not_move_together(renewals, statuses, sign_in, ada):
    other = renewals.statuses.get(name="Talking")
    browser = sign_in(ada)
    answer = browser.get(address("status", "order", statuses.contacted, other), follow=True)
    assert "Statuses of different pipelines can’t be moved together." in answer.text


@pytest.mark.parametrize("table", ["source", "tag", "lost_reason"])
def test_sorting_by_name_is_shown_first_and_undone_in_one_step(table, rows, sign_in, ada):
    _first, _second, third, *_others = rows(table)
    browser = sign_in(ada)
    browser.post(address(table, "order", third), {"after": "first"})
    arranged, before = rows(table), all_tables()
    assert "/order?name" in browser.get(LISTS[table]).text
    page = browser.get(f"{LISTS[table]}/order?name").text
    by_name = sorted(arranged, key=lambda row: row.label.lower())
    assert page.rindex(by_name[0].label) < page.rindex(by_name[1].label)
    assert all_tables() == before
    browser.post(f"{LISTS[table]}/order?name")
    assert rows(table) == by_name
    assert "/order?name" not in browser.get(LISTS[table]).text
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert all_tables() == before


def test_new_sources_and_tags_are_sorted_by_name_until_someone_arranges_them(rows, make_tag, sign_in, ada):
    tags = [tag.name for tag in rows("tag")]
    assert tags == ["Cold", "hot", "warm"]
    make_tag("dead")
    assert [tag.name for tag in rows("tag")] == ["Cold", "dead", "hot", "warm"]
    sign_in(ada).post(f"{LISTS['tag']}/order", {"up": Tag.objects.get(name="warm").pk})
    make_tag("best")
    assert [tag.name for tag in rows("tag")] == ["Cold", "dead", "warm", "hot", "best"]


def test_shipped_sources_without_a_place_follow_the_labels_that_the_reader_sees(rows, monkeypatch):
    monkeypatch.setattr("leads.models.source.gettext", {"Website": "A site"}.get)
    monkeypatch.setattr(Source, "label", property(lambda row: "A site" if row.key == "website" else row.name))
    assert rows("source")[0].key == "website"


def test_forms_filters_sorts_and_rows_follow_the_order_but_the_connect_api_sorts_by_name(
    rows, sign_in, ada, make_lead
):
    *_others, source = rows("source")
    cold, hot, warm = rows("tag")
    browser = sign_in(ada)
    browser.post(address("source", "order", source), {"after": "first"})
    browser.post(address("tag", "order", warm), {"after": "first"})
    lead = make_lead(tags=[cold.pk, hot.pk, warm.pk])
    assert SourceForm(user=ada).fields["source"].queryset.first() == source
    assert next(iter(get_labels_by_id(Source))) == source.pk
    assert SORTS.get_sort("source").values[0] == source.pk
    names = ["warm", "Cold", "hot"]
    assert list(get_labels_by_id(Tag).values()) == names
    form = browser.get(f"/admin/leads/{lead.pk}/edit").context["form"]
    assert isinstance(form, RecordForm)
    assert [name for _pk, name in form.fields["tags"].choices] == names
    tags = Lead._meta.get_field("tags")
    assert Lead.objects.annotate(**tags.type.get_list_annotations(tags)).get(pk=lead.pk).tags_names == names
    assert SOURCE.rows().first().name == "Cold call"


@TABLES
def test_several_rows_are_renamed_at_once_and_undo_restores_everything(table, rows, sign_in, ada):
    first, second, third, *_others = rows(table)
    browser, before = sign_in(ada), all_tables()
    assert f'formaction="{LISTS[table]}/rename"' in browser.get(LISTS[table]).text
    data = {
        f"name_{first.pk}": " Firstqq  one ",
        f"name_{second.pk}": "Secondqq",
        f"name_{third.pk}": third.label,
        f"version_{first.pk}": first.version,
    }
    browser.post(address(table, "rename", first, second, third), data)
    model = SETTINGS_TABLES[table].model
    assert list(model.objects.filter(name__contains="qq").values_list("pk", flat=True)) != []
    assert model.objects.get(pk=first.pk).name == "Firstqq one"
    assert model.objects.get(pk=third.pk).version == third.version
    record = Operation.objects.latest("pk")
    assert describe_operation(record).endswith(": Firstqq one, Secondqq")
    revert_operation(record, by=ada)
    assert all_tables() == before


@TABLES
@pytest.mark.parametrize("mistake", ["", "of another", "twice", "too long", "crossed"])
def test_a_name_that_cannot_be_used_is_an_error_on_its_field_and_renames_nothing(
    table, mistake, rows, sign_in, ada
):
    first, second, third, *_others = rows(table)
    data = {f"name_{first.pk}": "Firstqq", f"name_{second.pk}": "Secondqq"}
    wrong = {"of another": third.name.upper(), "twice": "SECONDQQ", "too long": "x" * 101}
    if mistake == "crossed":
        data[f"version_{first.pk}"] = first.version
        with operation("test", by=None):
            SETTINGS_TABLES[table].model.objects.filter(pk=first.pk).update(name="Meanwhileqq")
    else:
        data[f"name_{first.pk}"] = wrong.get(mistake, "")
    browser, before = sign_in(ada), all_tables()
    answer = browser.post(address(table, "rename", first, second), data)
    assert answer.status_code == 422
    assert f"name_{first.pk}" in answer.context["form"].errors
    assert all_tables() == before


def test_each_tag_and_lost_reason_can_be_renamed_from_its_row(rows, sign_in, ada):
    browser = sign_in(ada)
    for table in ("tag", "lost_reason"):
        first = rows(table)[0]
        assert (
            f'href="{LISTS[table]}/{first.pk}" aria-label="Rename {first.label}"'
            in browser.get(LISTS[table]).text
        )


@TABLES
def test_several_rows_are_retired_and_used_again_in_one_operation_each(table, rows, sign_in, ada):
    chosen = [row for row in rows(table) if not getattr(row, "is_default", False)][:2]
    browser, before = sign_in(ada), all_tables()
    for action in ("retire", "activate"):
        browser.post(f"{LISTS[table]}/bulk?action={action}&{'&'.join(f'row={row.pk}' for row in chosen)}")
        record = Operation.objects.latest("pk")
        assert record.changed == 2
        retired = (
            SETTINGS_TABLES[table]
            .model.objects.filter(pk__in=[row.pk for row in chosen], retired=True)
            .count()
        )
        assert retired == (2 if action == "retire" else 0)
        revert_operation(record, by=ada)
        if action == "retire":
            assert all_tables() == before
            with operation("test", by=None):
                SETTINGS_TABLES[table].model.objects.filter(pk__in=[row.pk for row in chosen]).update(
                    retired=True
                )
