"""The steps in the form of a rule as they were sent, after the button that adds, moves or removes one. Each button draws the form again."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.http import QueryDict

from crm.platform.web.id_parsing import parse_number

# The hidden field of each step in their order: its number, which is in the names of its fields, and its code.
ORDER = "step"
# The choice of the step that is added, and the button that adds it.
NEW, ADD = "new_step", "add"


class SentStep(NamedTuple):
    """`number` stays the same when the step is moved; `values` are the texts, or lists of texts, of its fields."""

    number: int
    code: str
    values: dict[str, Any]


def build_step_prefix(number: int) -> str:
    """The prefix of the form of a step."""
    return f"s{number}"


def get_sent_steps(data: QueryDict, act: str, codes: Collection[str], *, most: int) -> list[SentStep]:
    """Those with one of these codes, after `act`, a button: "add", or "up-3", "down-3", "remove-3" for the step with that number."""
    return _apply_act(list(_read_sent_steps(data, codes, most)), act, data, codes)[:most]


def _read_sent_steps(data: QueryDict, codes: Collection[str], most: int) -> Iterator[SentStep]:
    for key in data.getlist(ORDER)[:most]:
        text, _dash, code = key.partition("-")
        number = parse_number(text, most=10_000)
        if number is not None and code in codes:
            prefix = f"{build_step_prefix(number)}-"
            names = [name for name in data if name.startswith(prefix)]
            values = {name.removeprefix(prefix): data.getlist(name) for name in names}
            yield SentStep(
                number, code, {name: sent[0] if len(sent) == 1 else sent for name, sent in values.items()}
            )


def _apply_act(steps: list[SentStep], act: str, data: QueryDict, codes: Collection[str]) -> list[SentStep]:
    verb, _dash, text = act.partition("-")
    if verb == ADD and (code := str(data.get(NEW, ""))) in codes:
        return [*steps, SentStep(max((one.number for one in steps), default=-1) + 1, code, {})]
    place = next((place for place, one in enumerate(steps) if str(one.number) == text), None)
    if place is None:
        return steps
    one = steps.pop(place)
    if verb in ("up", "down"):
        steps.insert(max(place - 1, 0) if verb == "up" else place + 1, one)
    elif verb != "remove":
        steps.insert(place, one)
    return steps
