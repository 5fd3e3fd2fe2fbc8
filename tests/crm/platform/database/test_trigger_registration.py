"""The triggers of all models are known, and the library itself finds no two of one name among them."""

import pgtrigger
import pytest
from django.apps import apps
from pgtrigger.registry import _Registry

from crm.platform.sql.trigger_registration import TriggersConfig


def get_declared_triggers() -> list:
    """What the models say, each as (model, trigger)."""
    return [
        (model, trigger) for model in apps.get_models() for trigger in getattr(model._meta, "triggers", [])
    ]


def add_one_by_one(triggers: list) -> _Registry:
    """As the library's own app does it."""
    known = _Registry()
    for model, trigger in triggers:
        known[trigger.get_uri(model)] = model, trigger
    return known


def test_every_trigger_that_a_model_declares_is_known():
    known = pgtrigger.registered()
    missing = [
        trigger.get_uri(model) for model, trigger in get_declared_triggers() if (model, trigger) not in known
    ]
    assert missing == []
    assert len(known) > 300


def test_the_library_finds_no_two_triggers_of_one_name():
    assert len(add_one_by_one(pgtrigger.registered())) == len(pgtrigger.registered())


def test_a_second_trigger_of_the_same_name_would_be_found():
    model, trigger = get_declared_triggers()[0]
    second = pgtrigger.Protect(name=trigger.name, operation=pgtrigger.Delete)
    with pytest.raises(KeyError, match="already"):
        add_one_by_one([(model, trigger), (model, second)])


def test_the_app_of_the_triggers_is_ours():
    assert type(apps.get_app_config("pgtrigger")) is TriggersConfig
