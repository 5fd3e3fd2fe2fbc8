"""A trial knows the limit of an hour."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_trial_skips_what_is_above_the_limit_of_an_hour(make_automation, try_out, make_lead):
    for _number in range(3):
        make_lead()
    trial = try_out(make_automation(most_an_hour=2))
    assert (trial.woken, trial.acted_records, len(trial.acted), trial.over_limit) == (3, 2, 2, 1)
    trial = try_out(make_automation("Others", most_an_hour=3))
    assert (trial.acted_records, trial.over_limit) == (3, 0)
