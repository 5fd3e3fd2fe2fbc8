"""The ready-made pipelines as data: each can be used as it is."""

import pytest

from crm.fields.color_palette import HUES
from crm.records.kinds.kind_registry import KINDS
from leads.models import LostReason, Source, Status
from leads.models.lost_reason import SHIPPED as SHIPPED_REASONS
from leads.models.shipped_texts import SHIPPED_LABELS
from leads.models.source import SHIPPED as SHIPPED_SOURCES
from leads.ready_pipelines.catalog import READY_PIPELINES
from leads.ready_pipelines.pipeline_plan import build_values

pytestmark = pytest.mark.parametrize("ready", READY_PIPELINES.values(), ids=READY_PIPELINES)
START_KEYS = {"lead": "new", "deal": "qualification"}


def iterate_lists(ready):
    yield from (ready.statuses, ready.stages, ready.sources, ready.reasons)


def of_each_kind(ready):
    return (("lead", ready.statuses), ("deal", ready.stages))


def test_names_and_keys_are_unique_in_both_languages(ready):
    for rows in iterate_lists(ready):
        for language in ("en", "ro"):
            names = [row.name.get_in(language).casefold() for row in rows]
            assert len(set(names)) == len(names)
            assert all(names)
        keys = [row.key for row in rows if row.key]
        assert len(set(keys)) == len(keys)


def test_every_text_is_written_in_both_languages(ready):
    texts = [row.name for rows in iterate_lists(ready) for row in rows]
    for _kind, rows in of_each_kind(ready):
        texts += [row.meaning for row in rows]
    texts += [row.prompt for row in ready.statuses if row.kind in Status.OPEN]
    assert all(text.en and text.ro for text in texts)


def test_records_start_in_the_first_status_which_is_open_and_asks_for_nothing(ready):
    for kind, rows in of_each_kind(ready):
        assert (rows[0].key, rows[0].required) == (START_KEYS[kind], ())
        assert rows[0].kind in Status.OPEN


def test_there_is_one_won_and_one_lost_status_each_the_shipped_one(ready):
    for kind, rows in of_each_kind(ready):
        prefix = "deal_" if kind == "deal" else ""
        for category in ("won", "lost"):
            assert [row.key for row in rows if row.kind == category] == [f"{prefix}{category}"]


def test_categories_follow_the_path_of_a_record(ready):
    for _kind, rows in of_each_kind(ready):
        places = [Status.Kind.values.index(row.kind) for row in rows]
        assert places == sorted(places)


def test_keys_are_those_of_shipped_rows(ready):
    found = zip(
        iterate_lists(ready), (SHIPPED_LABELS, SHIPPED_LABELS, SHIPPED_SOURCES, SHIPPED_REASONS), strict=True
    )
    assert all({row.key for row in rows} - {""} <= set(shipped) for rows, shipped in found)


def test_what_programs_and_imports_fall_back_to_is_always_there(ready):
    assert "other" in {row.key for row in ready.sources}
    assert "not_stated" not in {row.key for row in ready.reasons}


def test_required_fields_exist_and_a_won_deal_has_an_amount(ready):
    for kind, rows in of_each_kind(ready):
        assert {name for row in rows for name in row.required} <= set(KINDS[kind].fields.CONTRACT)
    assert all("value" in row.required for row in ready.stages if row.kind == "won")


def test_probabilities_are_those_of_stages_and_increase(ready):
    assert {row.probability for row in ready.statuses} == {None}
    chances = [row.probability for row in ready.stages if row.kind != "lost"]
    assert chances == sorted(chances)
    assert chances[-1] == 100
    assert all(row.probability == 0 for row in ready.stages if row.kind == "lost")


def test_colors_are_named(ready):
    hues = {row.hue for rows in (ready.statuses, ready.stages, ready.sources) for row in rows}
    assert hues <= {hue for hue, _name in HUES}


@pytest.mark.parametrize("language", ["en", "ro"])
def test_every_row_is_valid_for_its_model(ready, language):
    models = (Status, Status, Source, LostReason)
    for rows, model in zip(iterate_lists(ready), models, strict=True):
        for row in rows:
            model(**build_values(row, language)).clean_fields(exclude=["pipeline"])
