"""The time zones that forms offer."""

import zoneinfo

import pytest

from crm.models import CompanySettings
from crm.platform.configuration.time_zones import build_time_zone_choices, get_current_names, time_zones


def names_in(choices) -> list[str]:
    return [name for _continent, places in choices for name, _place in places]


@pytest.mark.parametrize(
    ("current", "older"),
    [("Europe/Kyiv", "Europe/Kiev"), ("Asia/Kolkata", "Asia/Calcutta"), ("America/Nuuk", "America/Godthab")],
)
def test_a_place_is_offered_once_by_its_name_of_today(current, older):
    offered = names_in(build_time_zone_choices())
    assert current in offered
    assert older not in offered
    assert older in names_in(time_zones())


def test_an_older_name_that_is_chosen_already_stays_offered():
    choices = build_time_zone_choices("Europe/Kiev")
    assert ("Europe/Kiev", "Kiev") in dict(choices)["Europe"]
    assert len(names_in(choices)) == len(names_in(build_time_zone_choices())) + 1


def test_each_offered_name_is_valid():
    assert get_current_names() <= zoneinfo.available_timezones()
    assert set(names_in(build_time_zone_choices())) <= set(names_in(time_zones()))


def test_a_user_keeps_an_older_name_when_the_profile_is_saved(sign_in, bob):
    bob.time_zone = "Europe/Kiev"
    bob.save()
    page = sign_in(bob).get("/profile").text
    assert '<option value="Europe/Kiev" selected>' in page
    assert "Asia/Calcutta" not in page


def test_the_company_keeps_an_older_name(sign_in, ada, settings):
    settings.COMPANY_OVERRIDES = dict.fromkeys(settings.COMPANY_OVERRIDES, "") | {"time_zone": "Europe/Kiev"}
    page = sign_in(ada).get("/admin/company").text
    assert '<option value="Europe/Kiev" selected>' in page
    assert "Asia/Calcutta" not in page
    assert not CompanySettings.objects.filter(time_zone="Europe/Kiev").exists()
