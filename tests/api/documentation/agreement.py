"""Compares every response in the API tests with the documented schema."""

import re
from functools import cache, lru_cache

from django.urls import Resolver404, resolve
from jsonschema import Draft202012Validator

from crm.api.views.api_docs import get_schema

PART = re.compile(r"<(?:\w+:)?(\w+)>")


@cache
def validator(route: str, method: str, status: int) -> Draft202012Validator | str:
    """The validator for this response, or a sentence that it isn't documented; '' for other methods."""
    path = "/" + PART.sub(lambda match: "{{{}}}".format({"pk": "id"}.get(match[1], match[1])), route)
    operations = get_schema()["paths"].get(path, {})
    if method.lower() not in operations:
        return ""
    answers = operations[method.lower()]["responses"]
    if str(status) not in answers:
        return f"{method} {path} answers {status}, which is not documented"
    (content,) = answers[str(status)]["content"].values()
    schema = content["schema"]
    return Draft202012Validator({**schema, "components": get_schema()["components"]})


@lru_cache(2_000)
def get_route(path: str) -> str:
    """The pattern of this address, or ''. Django tries a thousand patterns, and tests ask the same addresses again and again."""
    try:
        return resolve(path).route
    except Resolver404:
        return ""


def disagreement(method: str, path: str, status: int, body) -> str:
    """What is undocumented about this response, or ''."""
    route = get_route(path.partition("?")[0].rstrip("/"))
    if not route:
        return ""
    found = validator(route, "GET" if method == "HEAD" else method, status)
    if isinstance(found, str):
        return found
    return "; ".join(f"{method} {path} {status}: {error.message[:300]}" for error in found.iter_errors(body))
