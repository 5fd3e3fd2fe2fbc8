"""What the start says of variables that begin like a setting."""

import pytest

from crm.platform.configuration.setting_catalog import SETTING_CATALOG
from crm.platform.configuration.unknown_settings import get_unknown_settings

NAMES = {
    "a setting": ("LEADWELL_TIME_ZONE", ""),
    "a misspelled setting": ("LEADWELL_TIMEZONE", " Did you mean LEADWELL_TIME_ZONE?"),
    "another misspelled one": ("LEADWELL_AUDIT_MONTH", " Did you mean LEADWELL_AUDIT_MONTHS?"),
    "nothing like a setting": ("LEADWELL_COLOR_OF_THE_SKY", "none"),
    "a setting of something else": ("TIMEZONE", ""),
    "a setting without the prefix": ("PORT", ""),
    "what tests tell each other": ("LEADWELL_TEST_DATA", ""),
    "what processes tell each other": ("LEADWELL_STOPS_WITH_PIPE", ""),
}


@pytest.mark.parametrize(("name", "said"), NAMES.values(), ids=NAMES)
def test_what_is_said_of_a_variable(name, said):
    expected = [f"{name} isn't a setting, so it has no effect.{said.removeprefix('none')}"] if said else []
    assert get_unknown_settings([name]) == expected


def test_no_setting_is_unknown():
    assert get_unknown_settings([setting.name for setting in SETTING_CATALOG]) == []


def test_all_are_named_in_order():
    found = get_unknown_settings(["LEADWELL_URLS", "PATH", "LEADWELL_DATAS"])
    assert [sentence.split()[0] for sentence in found] == ["LEADWELL_DATAS", "LEADWELL_URLS"]
