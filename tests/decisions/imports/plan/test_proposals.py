"""What is proposed for a value that doesn't exist here, why, and what one button does for all of them."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from crm.fields.widgets.person_widgets import PersonCell
from crm.models import PlannedRow
from crm.transfer.imports.plan.value_mapping import ValuesForm
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
    "an owner": Case("owner", "Nemo", "ada", EMPTY, OPTIONAL),
    "a status, which is never proposed to be added": Case("status", "Sleeping", "ada", EMPTY, DEFAULT),
    "a status without a default": Case("status", "Sleeping", "ann", SKIP, REQUIRED, {"status": None}),
    "a department": Case("department", "Moon", "ada", EMPTY, DEFAULT),
    "a lost reason": Case("lost_reason", "Stolen", "ada", EMPTY, OPTIONAL),
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
