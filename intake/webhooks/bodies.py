"""The body of a call as paths with texts: {"lead.email": "ana@example.com", "answers[0].value": "blue"}.

JSON of any depth and form-encoded bodies. A list of pairs, such as [{"name": "email", "values": ["ana@example.com"]}] of
Meta's lead ads, is addressed by the names in it: "field_data[email]".
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

# Bytes of a body that is accepted, and characters of it that are kept in the log.
LARGEST_BODY = 262_144
KEPT = 65_536
MOST_PATHS, DEEPEST, LONGEST_PATH, LONGEST_TEXT = 300, 20, 300, 49_000
FORM = "application/x-www-form-urlencoded"
# What the first and the second member of a pair are called, the most specific first: Google Ads has column_id, Calendly
# question and answer, Meta name and values.
NAMES = ("column_id", "question", "name", "key", "field", "label")
VALUES = ("string_value", "answer", "values", "value")


class Unreadable(Exception):
    """The text is a reason code (intake/webhooks/reasons.py)."""


def texts_of(body: str, content_type: str) -> dict[str, str]:
    """The texts of a body by path, in its order. Raises Unreadable."""
    found: dict[str, str] = {}
    for path, text in _parts(body, content_type):
        path, text = _storable(path), _storable(text).strip()[:LONGEST_TEXT]
        if text and path and len(path) <= LONGEST_PATH:
            found[path] = f"{found[path]}, {text}"[:LONGEST_TEXT] if path in found else text
        if len(found) >= MOST_PATHS:
            break
    return found


def _storable(text: str) -> str:
    """Without what PostgreSQL can't store: a zero byte, and half of a pair of surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _parts(body: str, content_type: str) -> Iterator[tuple[str, str]]:
    if content_type.partition(";")[0].strip().lower() == FORM:
        try:
            yield from parse_qsl(body, max_num_fields=MOST_PATHS)
        except ValueError as error:
            raise Unreadable("not_a_form") from error
        return
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json") from error
    if not isinstance(value, dict | list):
        raise Unreadable("not_json")
    yield from _walk("", value, DEEPEST)


def _walk(path: str, value: Any, deeper: int) -> Iterator[tuple[str, str]]:
    if deeper < 0 or value is None:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(f"{path}.{name}" if path else name, inner, deeper - 1)
    elif isinstance(value, list):
        yield from _list(path, value, deeper)
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    else:
        yield path, str(value)


def _list(path: str, items: list[Any], deeper: int) -> Iterator[tuple[str, str]]:
    pairs = [_pair(item) for item in items]
    for place, item in enumerate(items):
        pair = pairs[place]
        if pair and all(pairs):
            yield from _walk(f"{path}[{pair[0]}]", pair[1], deeper - 1)
        elif not isinstance(item, dict | list) and item is not None:
            # Several texts are one value: the answers that were selected.
            yield path, str(item)
        else:
            yield from _walk(f"{path}[{place}]", item, deeper - 1)


def _pair(item: Any) -> tuple[str, Any] | None:
    """The name and the value of a pair."""
    if not isinstance(item, dict):
        return None
    name = next((item[key] for key in NAMES if isinstance(item.get(key), str) and item[key]), None)
    value = next((key for key in VALUES if key in item), None)
    return (name, item[value]) if name and value else None
