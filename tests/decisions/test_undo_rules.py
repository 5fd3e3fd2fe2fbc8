"""Each recorded model says in one typed place how its changes are undone; a mistake there is found at start."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.test.utils import isolate_apps

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.retirable import build_name_guard
from crm.platform.models.undo_rules import Guard, UndoRules, check_undo_rules, get_undo_rules
from crm.platform.sql.change_triggers import build_change_triggers, get_recorded_models
from crm.records.history.undo.undo_permission import get_tracked_models

GUARD = Guard("name_taken", "true")
WRONG_RULES = {
    "reverted together": {"together": {"nmae": "id"}},
    "that another one is reverted with": {"together": {"name": "nmae"}},
    "with a guard": {"guards": {"nmae": GUARD}},
    "that follows": {"follows": {"nmae": "task"}},
    "that is left to triggers": {"leaves": {"nmae": "task"}},
    "that isn't reported": {"unreported": ("nmae",)},
    "with a lock": {"locks": {"nmae": lambda: None}},
}


def build_model(rules, queryset=RemovableQuerySet, parent=models.Model):
    class Meta:
        app_label = "crm"

    attributes = {"__module__": __name__, "Meta": Meta, "name": models.TextField()}
    if rules is not None:
        attributes["undo"] = rules
    return type("Row", (parent,), {**attributes, "objects": queryset.as_manager()})


@pytest.mark.parametrize("model", get_recorded_models().values(), ids=get_recorded_models())
def test_every_recorded_model_declares_its_rules_itself(model):
    check_undo_rules(model)
    assert isinstance(vars(model)["undo"], UndoRules)
    assert [name for name in dir(model) if name.startswith("undo_")] == []


def test_every_recorded_model_is_undone_once():
    assert sorted(get_tracked_models()) == sorted(get_recorded_models())
    assert len(set(get_tracked_models().values())) == len(get_tracked_models())


def test_a_rule_with_a_misspelt_name_is_no_rule():
    with pytest.raises(TypeError, match="leavs"):
        UndoRules(leavs={})  # type: ignore[call-arg]


@isolate_apps("crm")
@pytest.mark.parametrize("rules", WRONG_RULES.values(), ids=WRONG_RULES)
def test_a_column_that_is_not_there_stops_the_start(rules):
    model = build_model(UndoRules(**rules))
    with pytest.raises(ImproperlyConfigured, match="there are no columns nmae"):
        build_change_triggers("row")[0].register(model)


@isolate_apps("crm")
@pytest.mark.parametrize("rules", [None, {"guards": {}}], ids=["none", "a dictionary"])
def test_a_model_without_rules_stops_the_start(rules):
    with pytest.raises(ImproperlyConfigured, match="Row is recorded"):
        build_change_triggers("row")[0].register(build_model(rules))


@isolate_apps("crm")
def test_the_rules_of_a_parent_are_not_enough():
    class Parent(models.Model):
        undo = UndoRules()

        class Meta:
            abstract = True
            app_label = "crm"

    with pytest.raises(ImproperlyConfigured, match="Row is recorded"):
        build_change_triggers("row")[0].register(build_model(None, parent=Parent))


@isolate_apps("crm")
def test_a_queryset_that_cannot_take_back_what_was_added_stops_the_start():
    model = build_model(UndoRules(), models.QuerySet)
    with pytest.raises(ImproperlyConfigured, match="its queryset has no remove_undone_creations"):
        build_change_triggers("row")[0].register(model)


@isolate_apps("crm")
def test_a_model_with_right_rules_has_them():
    rules = UndoRules(guards={"name": (build_name_guard("crm_row"), GUARD)}, together={"name": "id"})
    model = build_model(rules)
    check_undo_rules(model)
    assert get_undo_rules(model) is rules
    assert rules.get_guards("name") == (build_name_guard("crm_row"), GUARD)
    assert UndoRules(guards={"name": GUARD}).get_guards("name") == (GUARD,)
    assert rules.get_guards("id") == ()
