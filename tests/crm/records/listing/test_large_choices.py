"""The filter of a field with thousands of choices: its values are found by their text, and no page lists them all."""

import pytest

from crm.fields.models.custom_field import MOST_CHOICES
from crm.records.listing import large_choice_filter

FILTER = "/admin/leads/filter"


@pytest.fixture
def town(make_field):
    return make_field("Town", "choice", choices=[f"Town {place}é" for place in range(MOST_CHOICES)])


def shown(page) -> list[str]:
    return [label for _value, label in page.context["question"]["choices"]]


def test_values_are_found_by_their_text_and_chosen_ones_stay_without_javascript(ada, town, sign_in):
    browser, address = sign_in(ada), f"{FILTER}/{town.name}"
    page = browser.get(address)
    assert len(shown(page)) == 300
    assert "4,701 more values. Type a part of one to find it." in page.text
    assert len(page.content) < 90_000
    sent = {"query": "vip=yes", "chosen": "1", town.name: ["o8"], f"{town.name}_not": "on"}
    page = browser.get(address, {**sent, "text": "4321E town", "find": "1"})
    assert shown(page) == ["Town 7é", "Town 4321é"]
    assert page.text.count(" checked>") == 2
    page = browser.get(address, {**sent, "text": "nowhere", "find": "1"})
    assert shown(page) == ["Town 7é"]
    assert "No other value has this text." in page.text
    answer = browser.get(address, {**sent, town.name: ["o8", "o4322"], "text": "4321"})
    assert answer["Location"] == f"/admin/leads?vip=yes&{town.name}=o8&{town.name}=o4322&{town.name}_not=on"


def test_typing_updates_only_the_values(ada, town, sign_in):
    page = sign_in(ada).get(
        f"{FILTER}/{town.name}",
        {"find": "1", "text": "4321"},
        headers={"HX-Request": "true", "HX-Target": "values"},
    )
    assert "Town 4321é" in page.text
    assert "<form" not in page.text


def test_all_filters_shows_the_chosen_values_and_leads_to_the_others(ada, sign_in, monkeypatch):
    monkeypatch.setattr(large_choice_filter, "MOST_VALUES", 100)
    page = sign_in(ada).get(FILTER, {"country": "RO"})
    assert "Romania" in page.text
    assert "Germany" not in page.text
    assert "Choose from 250 values" in page.text
