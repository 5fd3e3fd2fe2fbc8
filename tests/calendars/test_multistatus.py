"""What WebDAV servers answer, and what isn't read of it."""

import pytest

from calendars.connections.multistatus import DAV, NotMultistatus, get_path, parse_multistatus

ANSWER = b"""<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:"><d:response><d:href>/bob/work/a%20b.ics</d:href>
<d:propstat><d:prop><d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
<d:propstat><d:prop><d:displayname/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>
<d:response><d:href>https://dav.example/bob/work/gone.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>
<d:sync-token>token-7</d:sync-token></d:multistatus>"""


def test_paths_properties_statuses_and_the_token_are_read():
    read = parse_multistatus(ANSWER)
    assert [(part.path, part.status) for part in read.parts] == [
        ("/bob/work/a b.ics", 200),
        ("/bob/work/gone.ics", 404),
    ]
    assert read.parts[0].get_text(f"{DAV}getetag") == '"1"'
    assert f"{DAV}displayname" not in read.parts[0].properties
    assert read.sync_token == "token-7"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not XML",
        b"<html/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><d:multistatus xmlns:d="DAV:"/>',
        b'<d:multistatus xmlns:d="DAV:">',
    ],
    ids=["empty", "text", "a page", "entities", "cut off"],
)
def test_anything_else_is_refused(body):
    with pytest.raises(NotMultistatus):
        parse_multistatus(body)


def test_two_ways_to_write_a_path_are_one():
    assert get_path("/a%40b/c.ics") == get_path("https://dav.example/a@b/c.ics") == "/a@b/c.ics"
