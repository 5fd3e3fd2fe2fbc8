"""Whether an answer is what the documentation says: every call of every test of the APIs is compared with the schema."""

import re
from functools import cache

from django.urls import Resolver404, resolve
from jsonschema import Draft202012Validator

from crm.api.views.api_docs import made

PART = re.compile(r"<(?:\w+:)?(\w+)>")


@cache
def validator(route: str, method: str, status: int) -> Draft202012Validator | str:
    """The validator of this answer, or a sentence that says that it is not documented; '' for other methods."""
    path = "/" + PART.sub(lambda match: "{{{}}}".format({"pk": "id"}.get(match[1], match[1])), route)
    operations = made()["paths"].get(path, {})
    if method.lower() not in operations:
        return ""
    answers = operations[method.lower()]["responses"]
    if str(status) not in answers:
        return f"{method} {path} answers {status}, which is not documented"
    (content,) = answers[str(status)]["content"].values()
    schema = content["schema"]
    return Draft202012Validator({**schema, "components": made()["components"]})


def disagreement(method: str, path: str, status: int, body) -> str:
    """What the documentation does not say of this answer, or ''."""
    try:
        route = resolve(path.partition("?")[0].rstrip("/")).route
    except Resolver404:
        return ""
    found = validator(route, "GET" if method == "HEAD" else method, status)
    if isinstance(found, str):
        return found
    return "; ".join(f"{method} {path} {status}: {error.message[:300]}" for error in found.iter_errors(body))
