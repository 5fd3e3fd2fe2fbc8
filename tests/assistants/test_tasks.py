"""Tasks in words with the calls that carry them out (tasks.toml): each tool exists, its schema takes the arguments, and what was
asked for happens. So descriptions and schemas stay true."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from jsonschema import Draft202012Validator

from assistants.tools.tool_list import TOOLS
from tests.bookings.conftest import DAY, hosts, make_form, make_page
from tests.matrix.asking import undone

__all__ = ["hosts", "make_form", "make_page"]

TASKS = {
    task["words"]: task for task in tomllib.loads(Path(__file__).with_name("tasks.toml").read_text())["task"]
}


def add(me, type: str, **values) -> int:
    return me.use("add_record", type=type, values=values)["data"]["id"]


@pytest.fixture
def world(assistant, ann, bob, make_tag, make_page) -> dict[str, Any]:
    """The ids of a few records, which another assistant has made, and free times of a booking page of Bob."""
    make_page(minutes=60)
    ann.groups.get().permissions.add(Permission.objects.get(codename="view_bookingpage"))
    me = assistant(ann, name="Maker")
    zoe = add(
        me, "lead", first_name="Zoe", last_name="Stone", company="Stone Works", city="Vienna", country="AT", value=9000,
        status="Contacted", owner="Ann", email="zoe@stone.example",
    )  # fmt: skip
    adam = add(
        me,
        "lead",
        first_name="Adam",
        last_name="Novák",
        city="Prague",
        country="CZ",
        owner="Bob",
        email="a@b.example",
    )
    eva = add(me, "lead", first_name="Eva", last_name="Berg", city="Oslo", country="NO")
    omnia = add(me, "company", name="Omnia", country="RO", phone="0722 123 456")
    ioana = add(me, "contact", first_name="Ioana", last_name="Pop", company=omnia)
    deal = add(me, "deal", name="Licenses", company=omnia)
    me.use("log_activity", record_type="lead", id=zoe, type="note", text="Wants an offer.")
    offer = me.use("plan_task", record_type="lead", id=adam, title="Send the offer")["data"]["id"]
    me.use("change_task", task=offer, done=True)
    offer = me.use("plan_task", record_type="lead", id=zoe, title="Send the offer")["data"]["id"]
    return {
        "zoe": zoe, "adam": adam, "eva": eva, "omnia": omnia, "ioana": ioana, "deal": deal, "offer": offer,
        "fair": make_tag("Fair").pk, "ann": ann.pk, "bob": bob.pk,
        "day": str(DAY), "ten": f"{DAY}T10:00:00Z", "half": f"{DAY}T10:30:00Z", "two": f"{DAY}T14:00:00Z",
        "day_end": f"{DAY}T17:00:00Z", "next_day": str(DAY + timedelta(days=1)),
    }  # fmt: skip


def look_up(value: Any, world: dict[str, Any], results: list[dict[str, Any]]) -> Any:
    """The value with what its names stand for."""
    if isinstance(value, dict):
        return {name: look_up(part, world, results) for name, part in value.items()}
    if isinstance(value, list):
        return [look_up(part, world, results) for part in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    first, _dot, path = value[1:].partition(".")
    return get_at(results[int(first) - 1], path) if first.isdecimal() else world[first]


def get_at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


@pytest.mark.parametrize("part", range(3))
def test_each_task_in_words_is_carried_out(assistant, ann, world, part):
    """The records are made once for a third of the tasks, which takes longer than a task."""
    for words, task in list(TASKS.items())[part::3]:
        with undone():
            carry_out_task(task, assistant(ann, name="Helper", limits={"may_send": True}), world, words)


def carry_out_task(task: dict[str, Any], me: Any, world: dict[str, Any], words: str) -> None:
    results: list[dict[str, Any]] = []
    assert "shows" in task or "then" in task
    for sent in task["calls"]:
        arguments = look_up({name: value for name, value in sent.items() if name != "tool"}, world, results)
        Draft202012Validator(TOOLS[sent["tool"]].build_input_schema()).validate(arguments)
        results.append(me.use(sent["tool"], **arguments))
        Draft202012Validator(TOOLS[sent["tool"]].build_output_schema()).validate(results[-1])
    for path, value in task.get("shows", {}).items():
        assert (words, path, as_toml(get_at(results[-1], path))) == (
            words,
            path,
            look_up(value, world, results),
        )
    if then := look_up(task.get("then", {}), world, results):
        record = me.use("get_record", type=then.pop("type"), id=then.pop("id"))["data"]["record"]
        assert {name: as_toml(record[name]) for name in then} == then, words


def as_toml(value: Any) -> Any:
    """TOML has no null: an empty text stands for it."""
    return "" if value is None else value


def test_there_are_fifty_tasks_and_each_tool_has_one():
    assert len(TASKS) >= 50
    assert {call["tool"] for task in TASKS.values() for call in task["calls"]} == set(TOOLS)
