"""A call with several records, such as `entry[].changes[]` of Meta or an array: each becomes a call that could have come alone.

Such a call has the same paths as one with a single record, so the mapping fits both: "leads[0].email" is the email of every
item of "leads".
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from crm.fields.schemas import WHOLE_NAME
from crm.records.kinds.kind_registry import Kind
from intake.webhooks.body_paths import (
    UnreadableBody,
    build_inner_path,
    get_texts_by_path,
    is_form,
    parse_json_body,
    remove_unstorable_characters,
)
from intake.webhooks.known_programs import find_shape, propose_mapping

# Records in one call.
MOST, TOO_MANY = 100, "too_many_records"
FIRST = "[0]"
# Lists of records, whatever is mapped: Meta's calls.
ALWAYS = ("entry[0].changes[0]",)
# What tells one record from another: the list that these fields come from is a list of records.
TELLING = (
    WHOLE_NAME, "first_name", "last_name", "email", "second_email", "phone", "mobile", "company", "company_name", "subject",
    "text",
)  # fmt: skip
# A list of the addresses of one person.
OF_ONE = re.compile(r"(?:mail|phone|address|number)[^.\[\]]*\[0\]$", re.IGNORECASE)


@dataclass(frozen=True)
class CallPart:
    """The body of one record. Paths that begin with `item` belong to it alone. `problem` is the code of the reason why the
    body can't be processed, and `key` what a program sent to prove itself."""

    body: str
    texts: dict[str, str]
    item: str = ""
    problem: str = ""
    key: str = ""


def split_call(body: str, content_type: str, mapping: Mapping[str, str], kind: Kind) -> list[CallPart]:
    """The records of a call, or a single part with the problem of the whole body."""
    try:
        texts = get_texts_by_path(body, content_type)
        if is_form(content_type):
            return [CallPart(body, texts)]
        item = _find_item_path(texts, mapping, kind)
        found = list(islice(_copy_with_one_each(parse_json_body(body), "", item), MOST + 1)) if item else []
        if len(found) < 2:
            return [CallPart(body, texts)]
        if len(found) > MOST:
            return [CallPart(body, get_texts_by_path(json.dumps(found[0]), content_type), problem=TOO_MANY)]
        bodies = [remove_unstorable_characters(json.dumps(one, ensure_ascii=False)) for one in found]
        return [CallPart(text, get_texts_by_path(text, content_type), item) for text in bodies]
    except UnreadableBody as error:
        return [CallPart(body, {}, problem=str(error))]
    except RecursionError:
        return [CallPart(body, {}, problem="not_json")]


def _find_item_path(texts: Mapping[str, str], mapping: Mapping[str, str], kind: Kind) -> str:
    """The path of the first record, such as "leads[0]"; '' if the body is one record."""
    always = next((item for item in ALWAYS if any(path.startswith(item) for path in texts)), "")
    shape = find_shape(texts)
    if always or (shape and shape.alone):
        return always
    if here := _get_identifying_paths({path: name for path, name in mapping.items() if path in texts}):
        return _find_list_path(here)
    guessed = _find_list_path(_get_identifying_paths(propose_mapping(texts, kind))) or _find_list_path(
        _get_identifying_paths(mapping)
    )
    return guessed or (FIRST if any(path.startswith(FIRST) for path in texts) else "")


def _get_identifying_paths(mapping: Mapping[str, str]) -> list[str]:
    return [path for path, name in mapping.items() if name in TELLING]


def _find_list_path(paths: list[str]) -> str:
    """The first item of the innermost list of records that all paths are in; '' if there is none."""
    item = paths[0] if paths else ""
    while FIRST in item:
        item = item[: item.rfind(FIRST) + len(FIRST)]
        if all(path.startswith(item) for path in paths) and not OF_ONE.search(item):
            return item
        item = item[: -len(FIRST)]
    return ""


def _copy_with_one_each(value: Any, path: str, item: str) -> Iterator[Any]:
    """Copies of a value in which each list on the way to the item has one member."""
    if isinstance(value, list) and _is_before(f"{path}{FIRST}", item):
        for each in value:
            if each is not None:
                for one in _copy_with_one_each(each, f"{path}{FIRST}", item):
                    yield [one]
        return
    names = value if isinstance(value, dict) else ()
    name = next((name for name in names if _is_before(build_inner_path(path, name), item)), None)
    if name is None:
        yield value
        return
    for one in _copy_with_one_each(value[name], build_inner_path(path, name), item):
        yield {**value, name: one}


def _is_before(path: str, item: str) -> bool:
    return path == item or item.startswith((f"{path}.", f"{path}["))
