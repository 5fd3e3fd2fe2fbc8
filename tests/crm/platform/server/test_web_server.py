"""When a request has arrived far enough for a thread of the web server."""

import pytest

from crm.platform.server.gunicorn_worker import LARGEST_HEAD, SMALL_BODY, has_arrived

HEAD = b"POST /login HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"\r\n",
        HEAD + b"Content-Length: 3\r\n\r\nabc",
        HEAD + b"content-length:3\r\n\r\nabcGET / HTTP/1.1",
        HEAD + f"Content-Length: {SMALL_BODY + 1}\r\n\r\n".encode(),
        HEAD + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        HEAD + b"Content-Length: nonsense\r\n\r\n",
        b"x" * LARGEST_HEAD,
    ],
)
def test_a_request_that_can_be_answered_gets_a_thread(data):
    assert has_arrived(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"P", HEAD, HEAD + b"Content-Length: 3\r\n\r\n", HEAD + b"Content-Length: 3\r\n\r\nab"],
)
def test_a_request_that_is_still_arriving_gets_none(data):
    assert not has_arrived(data)
