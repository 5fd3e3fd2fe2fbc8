"""The body of a call as paths with texts: {"lead.email": "ana@example.com", "answers[0].value": "blue"}.

JSON of any depth, and forms in both encodings. A list of pairs, such as [{"name": "email", "values": ["ana@example.com"]}] of
Meta's lead ads, is addressed by the names in it: "field_data[email]".
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

# Bytes of a body that is accepted, and characters of it that are kept in the log.
LARGEST_BODY = 262_144
KEPT = 65_536
MOST_PATHS, DEEPEST, LONGEST_PATH, LONGEST_TEXT = 300, 20, 300, 49_000
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
# What the first and the second member of a pair are called, the most specific first: Google Ads has column_id, Calendly
# question and answer, Meta name and values.
NAMES = ("column_id", "question", "name", "key", "field", "label")
VALUES = ("string_value", "answer", "values", "value")
# Who has one of these is a person with a name, not a pair.
OF_PEOPLE = ("email", "phone")


class UnreadableBody(Exception):
    """The text is a reason code (intake/webhooks/reasons.py)."""


class _NamesOfFiles(FileUploadHandler):
    """Files aren't kept: only their names are, as the texts of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def new_file(self, field_name: str, file_name: str, *arguments: Any, **keywords: Any) -> None:
        self.found.append((field_name, file_name))
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def get_body_and_content_type(request: HttpRequest) -> tuple[str, str]:
    """The body as text, and its content type. A multipart form becomes an encoded one, unless it can't be read."""
    if request.content_type != MULTIPART:
        return request.body.decode("utf-8", "replace"), request.META.get("CONTENT_TYPE", "")
    files = _NamesOfFiles()
    request.upload_handlers = [files]
    try:
        texts = [(name, text) for name, given in request.POST.lists() for text in given]
    except (MultiPartParserError, SuspiciousOperation):
        return request.body.decode("utf-8", "replace"), MULTIPART
    return urlencode([*texts, *files.found], errors="replace"), FORM


def is_form(content_type: str) -> bool:
    return _strip_parameters(content_type) == FORM


def _strip_parameters(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def get_texts_by_path(body: str, content_type: str) -> dict[str, str]:
    """The texts of a body by path, in its order. Raises Unreadable."""
    found: dict[str, str] = {}
    for path, text in _iterate_parts(body, content_type):
        path, text = (
            remove_unstorable_characters(path),
            remove_unstorable_characters(text).strip()[:LONGEST_TEXT],
        )
        if text and path and len(path) <= LONGEST_PATH:
            found[path] = f"{found[path]}, {text}"[:LONGEST_TEXT] if path in found else text
        if len(found) >= MOST_PATHS:
            break
    return found


def remove_unstorable_characters(text: str) -> str:
    """Without what PostgreSQL can't store: a zero byte, and half of a pair of surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _iterate_parts(body: str, content_type: str) -> Iterator[tuple[str, str]]:
    if _strip_parameters(content_type) == MULTIPART:
        raise UnreadableBody("not_a_form")
    if is_form(content_type):
        try:
            yield from parse_qsl(body, max_num_fields=MOST_PATHS)
        except ValueError as error:
            raise UnreadableBody("not_a_form") from error
        return
    yield from _walk_value("", parse_json_body(body), DEEPEST)


def parse_json_body(body: str) -> dict[str, Any] | list[Any]:
    """What a body in JSON contains. Raises Unreadable."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody("not_json") from error
    if not isinstance(value, dict | list):
        raise UnreadableBody("not_json")
    return value


def build_inner_path(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _walk_value(path: str, value: Any, deeper: int) -> Iterator[tuple[str, str]]:
    if deeper < 0 or value is None:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk_value(build_inner_path(path, name), inner, deeper - 1)
    elif isinstance(value, list):
        yield from _walk_list(path, value, deeper)
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    else:
        yield path, str(value)


def _walk_list(path: str, items: list[Any], deeper: int) -> Iterator[tuple[str, str]]:
    pairs = [_get_name_value_pair(item) for item in items]
    for place, item in enumerate(items):
        pair = pairs[place]
        if pair and all(pairs):
            yield from _walk_value(f"{path}[{pair[0]}]", pair[1], deeper - 1)
        elif not isinstance(item, dict | list) and item is not None:
            # Several texts are one value: the answers that were selected.
            yield path, str(item)
        else:
            yield from _walk_value(f"{path}[{place}]", item, deeper - 1)


def _get_name_value_pair(item: Any) -> tuple[str, Any] | None:
    """The name and the value of a pair."""
    if not isinstance(item, dict) or any(name in item for name in OF_PEOPLE):
        return None
    name = next((item[key] for key in NAMES if isinstance(item.get(key), str) and item[key]), None)
    # An object isn't the value of a pair: Meta's changes are records, each with a "field" and a "value".
    value = next((key for key in VALUES if key in item and not isinstance(item[key], dict)), None)
    return (name, item[value]) if name and value else None
