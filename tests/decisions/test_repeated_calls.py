"""Which calls of programs are the same call again, and what they get."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from crm.api.idempotency import get_earlier_response, get_idempotency_key, hash_call, store_reply
from crm.api.problems import ApiProblem
from crm.models import ApiReply, Token

FACTORY = RequestFactory()
# The method, the header, and the key of the call; None if it is refused.
KEYS: dict[str, tuple[str, str | None, str | None]] = {
    "a call that creates something": ("POST", "abc", "abc"),
    "spaces around it": ("POST", "  abc ", "abc"),
    "no key": ("POST", None, ""),
    "an empty key": ("POST", "", ""),
    "a call that changes something": ("PATCH", "abc", ""),
    "a call that deletes something": ("DELETE", "abc", ""),
    "a call that reads": ("GET", "abc", ""),
    "a key of a call that reads, which no one checks": ("GET", "x" * 256, ""),
    "as long as it can be": ("POST", "x" * 255, "x" * 255),
    "longer": ("POST", "x" * 256, None),
    "longer by spaces alone": ("POST", f" {'x' * 255} ", "x" * 255),
    "a character that can't be printed": ("POST", "a\x07b", None),
}


@pytest.mark.parametrize(("method", "header", "key"), KEYS.values(), ids=KEYS)
def test_which_key_a_call_has(method, header, key):
    headers = {} if header is None else {"Idempotency-Key": header}
    request = FACTORY.generic(method, "/api/v2/leads", b"{}", headers=headers)
    if key is not None:
        assert get_idempotency_key(request) == key
        return
    with pytest.raises(ApiProblem) as refused:
        get_idempotency_key(request)
    assert refused.value.status == 422
    assert refused.value.errors == {"Idempotency-Key": ["It has at most 255 printable characters."]}


PATH, JSON = "/api/v2/leads", "application/json"
FORM = "multipart/form-data; boundary={}"
# The path, the body and the content type of the second call; the first one has {"a": 1}, or a form with the boundary "one".
CALLS: dict[str, tuple[str, bytes, str, bool]] = {
    "the same": (PATH, b'{"a": 1}', JSON, True),
    "another body": (PATH, b'{"a": 2}', JSON, False),
    "another path": (f"{PATH}/7", b'{"a": 1}', JSON, False),
    "the same as another type": (PATH, b'{"a": 1}', "text/plain", True),
    "the same without a type": (PATH, b'{"a": 1}', "", True),
    "the same with a boundary that is none": (PATH, b'{"a": 1}', f'{JSON}; boundary="a"', True),
    "a form with another boundary": (PATH, b"--two\r\nx\r\n--two--", FORM.format("two"), True),
    "another form": (PATH, b"--one\r\ny\r\n--one--", FORM.format("one"), False),
    "a form without a boundary": (PATH, b"--one\r\nx\r\n--one--", "multipart/form-data", False),
}


@pytest.mark.parametrize(("path", "body", "kind", "same"), CALLS.values(), ids=CALLS)
def test_which_call_is_the_same(path, body, kind, same):
    if b"--" in body:
        first = FACTORY.generic("POST", PATH, b"--one\r\nx\r\n--one--", content_type=FORM.format("one"))
    else:
        first = FACTORY.generic("POST", PATH, b'{"a": 1}', content_type=JSON)
    again = FACTORY.generic("POST", path, body, content_type=kind)
    assert (hash_call(first) == hash_call(again)) is same


def test_the_boundary_of_a_form_counts_where_it_isnt_one():
    """A body that has the word of a boundary is another one if it is no form."""
    kind = 'application/json; boundary="a"'
    one, other = (FACTORY.generic("POST", PATH, body, content_type=kind) for body in (b"ab", b"b"))
    assert hash_call(one) != hash_call(other)


@pytest.fixture
def tokens(ann, bob) -> dict[str, Token]:
    made = {}
    for name, user in (("own", ann), ("other", bob)):
        made[name] = Token(user=user, name=name, rights=[])
        made[name].set_new_secret()
        made[name].save()
    return made


# The token, the key and the call of what comes next; "again" if it gets the earlier answer, "new" if it is carried out.
NEXT: dict[str, tuple[str, str, str, str]] = {
    "the same": ("own", "key", "call", "again"),
    "another key": ("own", "key 2", "call", "new"),
    "another token": ("other", "key", "call", "new"),
    "another call with the key": ("own", "key", "call 2", "refused"),
    "another call of another token": ("other", "key", "call 2", "new"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("token", "key", "call", "outcome"), NEXT.values(), ids=NEXT)
def test_what_becomes_of_the_next_call(token, key, call, outcome, tokens):
    response = HttpResponse(b'{"id": 7}', status=201)
    headers: dict[str, Any] = {"Location": "/api/v2/leads/7", "X-Other": "x"}
    store_reply(tokens["own"], "key", "call", response, headers)
    store_reply(tokens["own"], "earlier", "call", HttpResponse(b"{}"), {"ETag": "1"})
    if outcome == "refused":
        with pytest.raises(ApiProblem) as refused:
            get_earlier_response(tokens[token], key, call)
        assert (refused.value.status, refused.value.code) == (422, "invalid")
        return
    found = get_earlier_response(tokens[token], key, call)
    if outcome == "new":
        assert found is None
        return
    assert (found.status_code, found.content) == (201, b'{"id": 7}')
    assert found["Content-Type"] == JSON
    assert {**found.headers} == {
        "Content-Type": JSON,
        "Location": "/api/v2/leads/7",
        "Idempotent-Replayed": "true",
    }
    assert ApiReply.objects.get(key="earlier").headers == {"ETag": "1"}
