"""What is proposed for a value that doesn't exist here, why, and what one button does for all of them."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from crm.fields.widgets.person_widgets import PersonCell
from crm.models import PlannedRow
from crm.records.history.verb_execution import operation
from crm.transfer.imports.plan.value_mapping import COUNTRIES_AT_ONCE, ValuesForm, has_undecided_values
from leads.models import Source

CREATE, EMPTY, SKIP = "create", "empty", "refuse"
BEFORE, SIMILAR, LOSES_NOTHING = "Chosen before", "The most similar value", "A new one loses no data"
DEFAULT, OPTIONAL, REQUIRED = "New records get the default", "The field is optional", "The field is required"


@dataclass(frozen=True)
class Case:
    """A text in a field of leads, who imports it, and what is proposed. `status` and `source` are defaults of new leads."""

    field: str
    text: str
    by: str
    proposed: str
    why: str
    defaults: dict[str, Any] = field(default_factory=dict)
    decisions: dict[str, Any] = field(default_factory=dict)


CASES = {
    "a source, by an administrator": Case("source", "Trade show", "ada", CREATE, LOSES_NOTHING),
    "a source, by someone who may not add one": Case("source", "Trade show", "ann", EMPTY, DEFAULT),
    "a source without a default": Case("source", "Trade show", "ann", SKIP, REQUIRED, {"source": None}),
    "a misspelled source": Case("source", "Websit", "ada", "{website}", SIMILAR),
    "a source that was chosen before": Case(
        "source", "Trade show", "ada", SKIP, BEFORE, decisions={"source": {"trade show": SKIP}}
    ),
    "a tag": Case("tags", "hall 7", "ada", CREATE, LOSES_NOTHING),
    "a country": Case("country", "Atlantis", "ada", EMPTY, OPTIONAL),
    "a country, with a default": Case("country", "Atlantis", "ada", EMPTY, DEFAULT, {"country": "RO"}),
    "a misspelled country": Case("country", "Gemany", "ada", "DE", SIMILAR),
    "a country misspelled in another language of the product": Case(
        "country", "Elvția", "ada", "CH", SIMILAR
    ),
    "a source that is called like a country": Case("source", "Gemany", "ada", CREATE, LOSES_NOTHING),
    "an owner": Case("owner", "Nemo", "ada", EMPTY, OPTIONAL),
    "a status, which is never proposed to be added": Case("status", "Sleeping", "ada", EMPTY, DEFAULT),
    "a status without a default": Case("status", "Sleeping", "ann", SKIP, REQUIRED, {"status": None}),
    "a department": Case("department", "Moon", "ada", EMPTY, DEFAULT),
    "a lost reason": Case("lost_reason", "Stolen", "ada", EMPTY, OPTIONAL),
    "a lost reason that is called almost like none": Case("lost_reason", "nonne", "ada", EMPTY, OPTIONAL),
    "a choice of a custom field": Case("{level}", "Expert", "ann", EMPTY, OPTIONAL),
    "a choice of a custom field, by an administrator": Case(
        "{level}", "Expert", "ada", CREATE, LOSES_NOTHING
    ),
    "a choice of a required custom field": Case("{grade}", "Expert", "ann", SKIP, REQUIRED),
}


@pytest.fixture
def asked(read, cast, make_field, sources, statuses, departments):
    """asked("ada", {"source": ["Fair"]}): the form about these values, and the names of fields."""
    level = make_field("Level", "choice", choices=["Low", "High"]).name
    grade = make_field("Grade", "choice", choices=["A", "B"], required=True).name
    names = {"level": level, "grade": grade, "website": Source.objects.get(key="website").pk}

    def made(by: str, values: dict[str, list[str]], defaults=None, decisions=None, data=None):
        values = {name.format_map(names): texts for name, texts in values.items()}
        imported = read(getattr(cast, by), ["last_name", *values], decisions=decisions or {})
        imported.options["defaults"] |= defaults or {}
        imported.save()
        pairs = [[name, text] for name, texts in values.items() for text in texts]
        PlannedRow.objects.create(of=imported, row=2, verdict="error", unknown=pairs)
        form = ValuesForm(data, imported=imported, user=imported.user)
        return form, names

    return made


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_proposal_and_its_reason(case, asked):
    form, names = asked(case.by, {case.field: [case.text]}, case.defaults, case.decisions)
    (group,) = form.build_groups()
    (line,) = group.lines
    assert (line.field.value(), line.why) == (case.proposed.format_map(names), case.why)
    choices = {value for value, _label in line.field.field.choices[:-1]}
    assert {SKIP, EMPTY} <= choices
    # It is offered to whoever may add one.
    assert (CREATE in choices) == (
        case.by == "ada" and case.field in ("source", "tags", "status", "{level}", "{grade}")
    )


VALUES = {"source": ["Fair", "Expo"], "country": ["Atlantis"], "{grade}": ["Expert"]}
BUTTONS = {
    "all are added where that is possible": (
        "*:create",
        {"source": {"fair": "new:Fair", "expo": "new:Expo"}, "country": {"atlantis": EMPTY}, "{grade}": {"expert": "new:Expert"}},
    ),
    "all are left empty where that is possible": (
        "*:empty",
        {"source": {"fair": EMPTY, "expo": EMPTY}, "country": {"atlantis": EMPTY}, "{grade}": {"expert": "new:Expert"}},
    ),
    "all rows are never skipped": (
        "*:refuse",
        {"source": {"fair": "new:Fair", "expo": "new:Expo"}, "country": {"atlantis": EMPTY}, "{grade}": {"expert": "new:Expert"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("button", "decisions"), BUTTONS.values(), ids=BUTTONS)
def test_one_button_for_all(button, decisions, asked):
    form, names = asked("ada", VALUES)
    sent = {line.field.html_name: line.field.value() for group in form.build_groups() for line in group.lines}
    bound = ValuesForm({**sent, "all": button}, imported=form.imported, user=form.imported.user)
    assert bound.is_valid()
    assert bound.get_decisions() == {name.format_map(names): kept for name, kept in decisions.items()}


def test_there_is_a_button_for_all_only_if_there_are_several_values(asked):
    form, _names = asked("ada", {"source": ["Fair"]})
    assert form.buttons_for_all_fields == []
    form, _names = asked("ada", VALUES)
    assert [value for value, _label in form.buttons_for_all_fields] == ["*:create", "*:empty"]
    form, _names = asked("ann", VALUES)
    assert [value for value, _label in form.buttons_for_all_fields] == ["*:empty"]


EMPTY_CHOICES = {
    "a source with a default": ("source", "Trade show", {}, "Treat as empty: {default}"),
    "a source without a default": ("source", "Trade show", {"source": None}, "Treat as empty"),
    "a country with a default": ("country", "Atlantis", {"country": "RO"}, "Treat as empty: Romania"),
    "a country": ("country", "Atlantis", {}, "Treat as empty"),
    "a tag": ("tags", "hall 7", {}, "Don’t add this tag"),
}


@pytest.mark.parametrize(("name", "text", "defaults", "label"), EMPTY_CHOICES.values(), ids=EMPTY_CHOICES)
def test_what_a_new_record_gets_if_the_value_is_left_empty(name, text, defaults, label, asked):
    form, _names = asked("ada", {name: [text]}, defaults)
    (group,) = form.build_groups()
    choices = dict(group.lines[0].field.field.choices[:-1])
    usual = Source.objects.filter(pk=form.imported.defaults.get("source")).first()
    assert choices[EMPTY] == label.format(default=usual and usual.label)


def test_fields_come_in_order_and_many_values_of_one_have_a_button_for_all(asked):
    ten, eleven = ([f"Fair {number}" for number in range(count)] for count in (10, 11))
    form, names = asked("ada", {"source": ten, "{level}": eleven})
    groups = {group.heading: group for group in form.build_groups()}
    assert [*form.lines] == sorted(["source", names["level"]])
    assert groups[form.rules.get_heading("source")].all == []
    of_level = groups[form.rules.get_heading(names["level"])]
    assert [label for _value, label in of_level.all] == [
        "Add all as new values",
        "Leave all empty",
        "Skip all rows",
    ]
    assert (of_level.total, len(of_level.lines)) == (11, 11)


@pytest.mark.parametrize(
    ("chosen", "kept"), [("create", "new:{}"), ("refuse", SKIP), ("empty", EMPTY), ("sell", None)]
)
def test_the_button_of_one_field_decides_about_its_values_only(chosen, kept, asked):
    texts = [f"Fair {number}" for number in range(11)]
    form, _names = asked("ada", {"source": texts, "country": ["Atlantis"]})
    sent = {line.field.html_name: line.field.value() for group in form.build_groups() for line in group.lines}
    bound = ValuesForm({**sent, "all": f"source:{chosen}"}, imported=form.imported, user=form.imported.user)
    assert bound.is_valid()
    found = bound.get_decisions()
    assert found["source"] == {text.casefold(): (kept or "new:{}").format(text) for text in texts}
    assert found["country"] == {"atlantis": EMPTY}


def test_so_many_values_are_listed_at_once_and_fewer_countries(asked):
    texts = [f"Fair {number}" for number in range(COUNTRIES_AT_ONCE + 1)]
    form, _names = asked("ada", {"source": texts, "country": texts})
    assert {name: len(lines) for name, lines in form.lines.items()} == {"country": 50, "source": 51}
    assert form.has_more_than_listed
    found = ValuesForm(imported=form.imported, user=form.imported.user, words="FAIR 4")
    assert len(found.lines["source"]) == 11
    form, _names = asked("ada", {"source": [f"Fair {number}" for number in range(200)]})
    assert not form.has_more_than_listed
    form, _names = asked("ada", {"country": texts[:COUNTRIES_AT_ONCE]})
    assert not form.has_more_than_listed
    form, _names = asked("ada", {"country": texts})
    assert form.has_more_than_listed
    found = ValuesForm(imported=form.imported, user=form.imported.user, words="FAIR 50")
    assert [text for text, _count, _name in found.lines["country"]] == ["Fair 50"]
    form, _names = asked(
        "ada", {"source": [f"Fair {number}" for number in range(201)], "country": ["Atlantis"]}
    )
    assert form.has_more_than_listed


def test_two_values_of_one_field_have_the_buttons_for_all(asked):
    form, _names = asked("ada", {"source": ["Fair", "Expo"]})
    assert [value for value, _label in form.buttons_for_all_fields] == ["*:create", "*:empty"]


def test_a_company_that_is_not_known_can_be_added_unless_several_have_its_name(read, ada, make_company):
    for _each in range(2):
        make_company("Beta")
    imported = read(ada, ["name", "company"], of="deal", decisions={})
    make_company("Gamma")
    texts = ["Omega", "Beta", "Gamma", "#999999"]
    PlannedRow.objects.create(
        of=imported, row=2, verdict="error", unknown=[["company", text] for text in texts]
    )
    form = ValuesForm(imported=imported, user=ada)
    (group,) = form.build_groups()
    lines = {line.text: line for line in group.lines}
    offered = {text: CREATE in dict(line.field.field.choices[:-1]) for text, line in lines.items()}
    assert offered == {"Omega": True, "Beta": False, "Gamma": False, "#999999": False}
    assert [text for text, line in lines.items() if line.note] == ["Beta"]
    sent = {line.field.html_name: line.field.value() for line in group.lines}
    bound = ValuesForm({**sent, "all": "company:create"}, imported=imported, user=ada)
    assert bound.is_valid()
    assert {
        text: str(value)
        for text, value in bound.get_decisions()["company"].items()
        if str(value).startswith("new:")
    } == {"omega": "new:Omega"}


def test_a_retired_value_can_be_used_again(asked):
    with operation("test", by=None):
        Source.objects.filter(key="event").update(retired=True)
    form, _names = asked("ada", {"source": ["Event", "Fair"]})
    (group,) = form.build_groups()
    labels = {line.text: (line.retired, dict(line.field.field.choices[:-1])[CREATE]) for line in group.lines}
    assert labels == {"Event": (True, "Use again"), "Fair": (False, "Add as a new value")}


def test_values_are_undecided_until_each_has_an_answer(asked):
    form, _names = asked("ada", {"source": ["Fair", "Expo"]})
    imported = form.imported
    imported.unknown = {"source": [["Fair", 1], ["Expo", 2]]}
    for decisions, undecided in (({}, True), ({"fair": SKIP}, True), ({"fair": SKIP, "expo": EMPTY}, False)):
        imported.decisions = {"source": decisions}
        assert has_undecided_values(imported) is undecided


def test_a_colleague_in_another_department_is_not_unknown(asked, cast):
    """By name or address; what else is wrong with a name stays unknown."""
    widget = PersonCell()
    widget.prepare(cast.ann)
    hidden = next(user for user in (cast.carla, cast.dan) if user.pk not in widget.ids)
    for text in (hidden.name, hidden.name.upper(), hidden.email, f"{hidden.name} <{hidden.email}>"):
        with pytest.raises(ValueError, match="is in another department"):
            widget.clean(text)
    with pytest.raises(ValueError, match="No user with this name"):
        widget.clean("Nemo")
    form, _names = asked("ann", {"owner": [hidden.name, "Nemo"]})
    (group,) = form.build_groups()
    assert [line.note for line in group.lines] == ["in another department", ""]
