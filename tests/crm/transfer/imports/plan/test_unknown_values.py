"""Values that don't exist here or are retired: asked about once for all their spellings, and undone with the import."""

import pytest

from crm.models import Tag
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Lead, Source, Status
from tests.crm.transfer.imports.importing import apply, choose, decide, page, shown, upload, verdicts
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ROWS = [
    ["Last name", "Lead source", "Tags"],
    ["Pop", "Trade Show", "fair, hall 7"],
    ["Rusu", "Trade Show", "fair"],
]


def asked(browser, imported, field: str) -> dict[str, tuple[str, list[str]]]:
    """The suggestion for each value, and the options besides other values."""
    form = shown(browser, imported, "values").context["form"]
    return {
        text: (form[name].value(), [value for value, _label in form.fields[name].choices][:-1])
        for text, _count, name in form.lines[field]
    }


def bring_in(browser, rows=ROWS, **wanted):
    return apply(browser, decide(browser, choose(browser, upload(browser, rows), "columns"), **wanted))


def retire(row) -> None:
    with operation("test", by=None):
        type(row)._default_manager.filter(pk=row.pk).update(retired=True)


def test_a_file_imported_again_after_undo_reuses_its_sources_and_tags(sign_in, ada):
    browser = sign_in(ada)
    revert_operation(bring_in(browser).operation, by=ada)
    assert Source.objects.get(name="Trade Show").retired
    again = choose(browser, upload(browser, ROWS), "columns")
    assert browser.get(page(again, "import"))["Location"] == page(again, "values")
    assert asked(browser, again, "source") == {"Trade Show": ("create", ["create", "refuse", "empty"])}
    assert "Use again" in shown(browser, again, "values").text
    again = decide(browser, again)
    assert verdicts(again) == {"new": 2}
    assert Source.objects.get(name="Trade Show").retired
    again = apply(browser, again)
    assert list(Lead.objects.present().values_list("source__name", flat=True)) == ["Trade Show"] * 2
    assert not Source.objects.get(name="Trade Show").retired
    assert not Tag.objects.exclude(retired=False).exists()
    # Undoing this import retires what it had reactivated.
    revert_operation(again.operation, by=ada)
    assert Source.objects.get(name="Trade Show").retired
    assert set(Tag.objects.values_list("name", "retired")) == {("fair", True), ("hall 7", True)}


def test_a_retired_value_is_asked_about_like_an_unknown_one(sign_in, ada, sources, make_tag):
    retire(sources.event)
    retire(make_tag("cold"))
    browser = sign_in(ada)
    rows = [["Last name", "Source", "Tags"], ["Pop", "event", "cold"], ["Rusu", "Eveniment", ""]]
    imported = choose(browser, upload(browser, rows), "columns")
    assert set(asked(browser, imported, "source")) == {"event", "Eveniment"}
    imported = decide(
        browser,
        imported,
        source={"event": str(sources.website.pk), "Eveniment": "empty"},
        tags={"cold": "refuse"},
    )
    assert verdicts(imported) == {"error": 1, "new": 1}
    assert imported.plan.get(row=2).errors == [[2, "The tag “cold” is retired."]]
    imported = decide(
        browser,
        imported,
        source={"event": str(sources.website.pk), "Eveniment": "create"},
        tags={"cold": "empty"},
    )
    apply(browser, imported)
    assert dict(Lead.objects.values_list("last_name", "source__key")) == {"Pop": "website", "Rusu": "event"}
    assert not Source.objects.get(key="event").retired


def test_an_undecided_retired_value_is_named_in_the_message(sign_in, ada, sources):
    retire(sources.event)
    browser = sign_in(ada)
    imported = choose(browser, upload(browser, [["Last name", "Source"], ["Pop", "Event"]]), "columns")
    assert imported.plan.get().errors == [[1, "The source “Event” is retired."]]


def test_a_lead_keeps_its_retired_source_and_tags_without_a_question(
    sign_in, ada, sources, make_lead, make_tag
):
    cold, warm = make_tag("cold"), make_tag("warm")
    lead = make_lead("Jan Novák", email="jan@example.com", source="event", tags=[cold.pk])
    retire(sources.event)
    retire(cold)
    browser = sign_in(ada)
    rows = [["E-mail", "City", "Source", "Tags"], ["jan@example.com", "Cluj", "EVENT", "Cold, warm"]]
    imported = choose(browser, upload(browser, rows), "columns")
    assert imported.unknown == {}
    apply(browser, imported)
    lead.refresh_from_db()
    assert (lead.city, lead.source.key, lead.tags) == ("Cluj", "event", sorted([cold.pk, warm.pk]))


def test_users_who_cannot_create_sources_cannot_reactivate_one(sign_in, ann, sources):
    retire(sources.event)
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, [["Last name", "Source"], ["Pop", "Event"]]), "columns")
    assert asked(browser, imported, "source") == {"Event": ("empty", ["refuse", "empty"])}
    assert browser.post(page(imported, "values"), {"source_0": "create"}).status_code == 422


def test_a_reactivated_status_keeps_its_required_fields(sign_in, ada, statuses):
    retire(statuses.lost)
    browser = sign_in(ada)
    rows = [["Last name", "Status", "Lost reason"], ["Pop", "Lost", ""], ["Rusu", "Lost", "No budget"]]
    imported = choose(browser, upload(browser, rows), "columns")
    imported = decide(browser, imported, status={"Lost": "create"})
    assert verdicts(imported) == {"error": 1, "new": 1}
    imported = apply(browser, imported)
    assert Lead.objects.get().status == statuses.lost
    assert not Status.objects.get(pk=statuses.lost.pk).retired
    revert_operation(imported.operation, by=ada)
    assert Status.objects.get(pk=statuses.lost.pk).retired


def test_values_that_differ_only_in_case_or_accents_are_one(sign_in, ada):
    browser = sign_in(ada)
    names = ["Târg", "targ", "TARG", "Târg", "Expo"]
    rows = [["Last name", "Source", "Tags"], *([f"Pop {n}", name, name] for n, name in enumerate(names))]
    imported = choose(browser, upload(browser, rows), "columns")
    assert imported.unknown == {
        "source": [["Târg", 4], ["Expo", 1]],
        "tags": [["Târg", 4], ["Expo", 1]],
    }
    apply(browser, decide(browser, imported))
    made = Source.objects.get(name="Târg")
    assert Lead.objects.filter(source=made).count() == 4
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Expo", "Târg"]


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr("crm.transfer.imports.plan.unknown_names.LISTED", 5)


MANY = [["Last name", "Tags"], *([f"Pop {n}", f"tag {n}"] for n in range(30))]


@pytest.mark.parametrize(
    ("button", "tags", "expected"),
    [("create", 30, {"new": 30}), ("refuse", 0, {"error": 30}), ("empty", 0, {"new": 30})],
)
def test_one_button_decides_about_more_values_than_are_listed(sign_in, ada, many, button, tags, expected):
    browser = sign_in(ada)
    imported = choose(browser, upload(browser, MANY), "columns")
    text = close_up(shown(browser, imported, "values").text)
    assert "30 unknown values (5 shown)" in text
    assert "Add all as new values" in text
    assert "Skip all rows" in text
    imported = choose(browser, imported, "values", all=f"tags:{button}")
    assert browser.get(page(imported, "import"))["Location"] == page(imported, "plan")
    assert verdicts(imported) == expected
    apply(browser, imported)
    assert Tag.objects.count() == tags


def test_unknown_values_can_be_searched(sign_in, ada, many):
    browser = sign_in(ada)
    imported = choose(browser, upload(browser, MANY), "columns")
    address = f"{page(imported, 'values')}?q=TAG 29"
    form = browser.get(address).context["form"]
    assert [text for text, _count, _name in form.lines["tags"]] == ["tag 29"]
    browser.post(address, {"tags_0": "refuse"})
    imported.refresh_from_db()
    assert imported.decisions == {"tags": {"tag 29": "refuse"}}
    assert "No matching values." in browser.get(f"{page(imported, 'values')}?q=nothing").text


def test_users_who_cannot_create_values_get_no_button_to_create_all(someone_with, sign_in, many):
    eve = someone_with("import_lead", "add_lead", "view_lead", "see_departments")
    browser = sign_in(eve)
    imported = choose(browser, upload(browser, MANY), "columns")
    assert "Add all as new values" not in shown(browser, imported, "values").text
    form = shown(browser, imported, "values").context["form"]
    data = {name: "refuse" for _text, _count, name in form.lines["tags"]}
    browser.post(page(imported, "values"), data | {"all": "tags:create"})
    imported.refresh_from_db()
    assert set(imported.decisions["tags"].values()) == {"refuse"}


def test_a_guess_from_a_header_is_dropped_when_the_values_contradict_it(sign_in, ann):
    browser = sign_in(ann)
    rows = [["Last name", "Last Activity"], *([f"Pop {n}", "called twice, no answer"] for n in range(8))]
    imported = upload(browser, rows)
    assert imported.mapping == ["last_name", ""]
    assert "Most values don’t fit “Last contacted”" in shown(browser, imported, "columns").text
    dated = upload(browser, [rows[0], *([f"Pop {n}", "2026-05-0" + str(n + 1)] for n in range(8))])
    assert dated.mapping == ["last_name", "last_contacted_at"]
