"""Where a program may be sent back to: the tables of what it may register, of what it then may ask for, and of what a page says."""

import pytest

from assistants.sign_in.redirect_uris import (
    HAS_FRAGMENT,
    HAS_USER,
    NO_HOST,
    WRONG_LETTERS,
    WRONG_SCHEME,
    build_form_target,
    build_redirect,
    describe_destination,
    find_redirect_uri_problem,
    is_registered,
)

# Name: the address, and why it may not be registered.
ADDRESSES = {
    "a website": ("https://claude.ai/api/mcp/auth_callback", ""),
    "a website with a query": ("https://example.com/back?from=crm", ""),
    "a website with a port": ("https://example.com:8443/back", ""),
    "a loopback address": ("http://127.0.0.1:33418/", ""),
    "a loopback address without a port": ("http://127.0.0.1/back", ""),
    "the loopback address of IPv6": ("http://[::1]:4000/back", ""),
    "localhost": ("http://localhost:6274/oauth/callback", ""),
    "the longest address": ("https://example.com/" + "a" * 480, ""),
    "an app": ("com.example.app:/back", ""),
    "an app with a host": ("com.example.app://back", ""),
    "a website without encryption": ("http://example.com/back", WRONG_SCHEME),
    "another computer of the network": ("http://192.168.0.5/back", WRONG_SCHEME),
    "a host that begins like a loopback address": ("http://127.0.0.1.example.com/", WRONG_SCHEME),
    "a host that begins like localhost": ("http://localhost.example.com/", WRONG_SCHEME),
    "a scheme that anyone may take": ("cursor://back", WRONG_SCHEME),
    "a script": ("javascript:alert(1)", WRONG_SCHEME),
    "data": ("data:text/html,hello", WRONG_SCHEME),
    "a file": ("file:///etc/passwd", WRONG_SCHEME),
    "no scheme": ("//example.com/back", WRONG_SCHEME),
    "a path": ("/back", WRONG_SCHEME),
    "a fragment": ("https://example.com/back#token", HAS_FRAGMENT),
    "an empty fragment": ("https://example.com/back#", HAS_FRAGMENT),
    "a user": ("https://claude.ai@example.com/", HAS_USER),
    "a user at a loopback address": ("http://example.com@127.0.0.1/", HAS_USER),
    "no host": ("https:///back", NO_HOST),
    "a host that adds to the policy of the page": ("https://example.com;script-src/", NO_HOST),
    "a host of all sites": ("https://*/", NO_HOST),
    "a host with a quote": ("https://'self'/", NO_HOST),
    "a port that is no number": ("https://example.com:port/", NO_HOST),
    "a port that is too large": ("https://example.com:99999/", NO_HOST),
    "a bracket that isn't closed": ("http://[::1/back", NO_HOST),
    "nothing": ("", WRONG_LETTERS),
    "a space": ("https://example.com/a b", WRONG_LETTERS),
    "a line break": ("https://example.com/\r\nSet-Cookie: a=b", WRONG_LETTERS),
    "a backslash, which browsers read as a slash": ("https://example.com\\@example.net/", WRONG_LETTERS),
    "letters that look like others": ("https://exаmple.com/", WRONG_LETTERS),
    "longer than any": (f"https://example.com/{'a' * 500}", WRONG_LETTERS),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_program_may_register_only_addresses_where_no_one_else_listens(name):
    address, problem = ADDRESSES[name]
    assert find_redirect_uri_problem(address) == problem


WEB, LOOPBACK, APP = "https://example.com/back", "http://127.0.0.1:1234/back", "com.example.app:/back"
# Name: what was registered, what is asked for, and whether that is it.
ASKED = {
    "the same website": ([WEB], WEB, True),
    "one of several": ([APP, WEB], WEB, True),
    "the same app": ([APP], APP, True),
    "the same port": ([LOOPBACK], LOOPBACK, True),
    "another port at a loopback address": ([LOOPBACK], "http://127.0.0.1:9999/back", True),
    "a port where none was registered": (["http://127.0.0.1/back"], LOOPBACK, True),
    "another port of localhost": (["http://localhost:1/back"], "http://localhost:2/back", True),
    "another loopback address": ([LOOPBACK], "http://localhost:1234/back", False),
    "another path at a loopback address": ([LOOPBACK], "http://127.0.0.1:1234/other", False),
    "another query at a loopback address": ([LOOPBACK], "http://127.0.0.1:1234/back?a=b", False),
    "another port of a website": ([WEB], "https://example.com:8443/back", False),
    "a path below": ([WEB], f"{WEB}/more", False),
    "another spelling of the path": ([WEB], "https://example.com/x/../back", False),
    "an added query": ([WEB], f"{WEB}?next=https://example.net", False),
    "a slash at the end": ([WEB], f"{WEB}/", False),
    "another host": ([WEB], "https://example.net/back", False),
    "a website at a loopback address": ([LOOPBACK], "https://127.0.0.1:1234/back", False),
    "nothing": ([WEB], "", False),
    "nothing registered": ([], WEB, False),
    "an address that may not be registered": (["http://example.com/"], "http://example.com/", False),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_program_is_sent_only_to_an_address_that_it_has_registered(name):
    registered, asked, expected = ASKED[name]
    assert is_registered(asked, registered) == expected


@pytest.mark.parametrize(
    ("address", "source", "name", "shown"),
    [
        (WEB, "https://example.com", "example.com", "the website example.com"),
        (
            "https://example.com:8443/back",
            "https://example.com:8443",
            "example.com:8443",
            "the website example.com:8443",
        ),
        (LOOPBACK, "http://127.0.0.1:1234", "127.0.0.1", "a program on your computer"),
        ("http://[::1]:1234/", "http:", "::1", "a program on your computer"),
        (APP, "com.example.app:", "com.example.app", "an app on your device that opens com.example.app:"),
    ],
)
def test_the_page_says_and_allows_exactly_where_its_form_leads(address, source, name, shown):
    assert build_form_target(address) == source
    told = describe_destination(address)
    assert (told.name, str(told.words)) == (name, shown)


def test_the_answer_is_added_to_the_query_that_was_registered():
    assert build_redirect(WEB, {"code": "a&b", "state": ""}) == f"{WEB}?code=a%26b"
    assert build_redirect(f"{WEB}?a=b", {"state": "é"}) == f"{WEB}?a=b&state=%C3%A9"
