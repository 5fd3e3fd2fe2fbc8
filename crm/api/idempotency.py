"""Idempotency-Key: a program that didn't get a response retries with the same key and gets it, and nothing is done
twice."""

import hashlib
from collections.abc import Mapping

from django.db import connection
from django.http import HttpRequest, HttpResponse

from crm.api.problems import ApiProblem, build_invalid_problem
from crm.models import ApiReply, Token

LONGEST_KEY = 255
KEPT_HEADERS = ("Location", "ETag")


def get_idempotency_key(request: HttpRequest) -> str:
    """The idempotency key of this call, or ''. Only calls that create something have one."""
    if request.method != "POST":
        return ""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise build_invalid_problem(
            **{"Idempotency-Key": f"It has at most {LONGEST_KEY} printable characters."}
        )
    return key


def hash_call(request: HttpRequest) -> str:
    """The same call has the same hash. The boundary of a multipart body differs each time and is ignored."""
    body = request.body
    boundary = (request.content_params or {}).get("boundary", "")
    if (request.content_type or "").startswith("multipart/") and boundary:
        body = body.replace(boundary.encode(), b"")
    return hashlib.sha256(b"\0".join([request.path_info.encode(), body])).hexdigest()


def get_earlier_response(token: Token, key: str, call: str) -> HttpResponse | None:
    """The earlier response for this key, or None. Other calls with the same key wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency {token.pk} {key}"]
        )
    reply = ApiReply.objects.with_key(token, key).first()
    if reply is None:
        return None
    if reply.asked != call:
        raise ApiProblem(422, "invalid", "This Idempotency-Key belongs to another call.")
    response = HttpResponse(bytes(reply.body), status=reply.status, content_type="application/json")
    for name, value in reply.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response


def store_reply(
    token: Token, key: str, call: str, response: HttpResponse, headers: Mapping[str, str]
) -> None:
    """`headers` are those of the call, of which the ones about what it created are kept."""
    ApiReply.objects.create(
        token=token,
        key=key,
        asked=call,
        status=response.status_code,
        headers={name: headers[name] for name in KEPT_HEADERS if name in headers},
        body=response.content,
    )
