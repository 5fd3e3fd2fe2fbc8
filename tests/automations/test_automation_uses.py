"""What names the automations that use it, and what happens to them when the thing goes or is replaced."""

import pytest

from automations.automation_uses import find_automations_using, replace_value_in_automations
from automations.models import Automation
from crm.records.history.verb_execution import operation
from tests.automations.automating import make_automation

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(ann, bob, statuses, sources, make_tag):
    """The tag and the automation that names all of them."""
    tag = make_tag("Hot")
    automation = make_automation(
        "All",
        ann,
        ("move", {"status": str(statuses.qualified.pk)}),
        ("tag", {"tags": [str(tag.pk)]}),
        ("assign", {"owner": str(bob.pk)}),
        conditions=f"source={sources.website.pk}",
        trigger="status_entered",
        trigger_values={"status": statuses.contacted.pk},
    )
    return tag, automation


def names_of(record, viewer) -> list[str]:
    return [name for uses in find_automations_using(record, viewer) for name, _url in uses.rows]


def test_conditions_triggers_and_steps_name_what_they_use(ada, bob, dan, statuses, sources, named, make_tag):
    tag, _automation = named
    for record in (statuses.qualified, statuses.contacted, sources.website, tag, bob):
        assert names_of(record, ada) == ["All"]
    for record in (statuses.new, sources.referral if hasattr(sources, "referral") else make_tag("None"), dan):
        assert names_of(record, ada) == []


def test_a_custom_field_names_the_automations_that_use_it(ada, ann, make_field):
    field, other = make_field("Course"), make_field("Level")
    make_automation("Condition", ann, conditions=f"{field.name}.is=Maths")
    make_automation("Step", ann, ("set", {"field": field.name, "value": "Music"}))
    make_automation("Trigger", ann, trigger="field_changed", trigger_values={"field": field.name})
    assert names_of(field.definition, ada) == ["Condition", "Step", "Trigger"]
    assert names_of(other.definition, ada) == []


def test_a_user_names_the_automations_that_act_for_them(ada, ann):
    make_automation("One", ann)
    [uses] = find_automations_using(ann, ada)
    assert "acts for this user" in uses.sentence


def test_names_are_only_for_those_who_may_view_automations(bob, ann):
    make_automation("One", ann)
    [uses] = find_automations_using(ann, bob)
    assert uses.rows == []


def test_a_value_that_is_replaced_is_replaced_in_conditions_triggers_and_steps(
    statuses, sources, named, make_tag
):
    tag, automation = named
    new = make_tag("Warm")
    with operation("test", by=None):
        replace_value_in_automations("status", statuses.contacted.pk, statuses.new.pk)
        replace_value_in_automations("status", statuses.qualified.pk, statuses.new.pk)
        replace_value_in_automations("source", sources.website.pk, 999)
        replace_value_in_automations("tags", tag.pk, new.pk)
    found = Automation.objects.get(pk=automation.pk)
    assert found.trigger_values == {"status": statuses.new.pk}
    assert found.conditions == "source=999"
    assert [step["values"] for step in found.steps[:2]] == [
        {"status": str(statuses.new.pk)},
        {"tags": [str(new.pk)]},
    ]
    assert found.steps[2] == automation.steps[2]
