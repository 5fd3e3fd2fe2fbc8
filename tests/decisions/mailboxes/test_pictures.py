"""Where the text of an email has the pictures that are parts of it."""

import pytest

from mailboxes.messages.received_message import parse_received_message

HEAD = "From: a@b.example\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
PLAN = ("image/png", "plan.png", "1@b.example")


def email_with(*, plain: str = "", page: str = "", pictures=(PLAN,)) -> bytes:
    """`pictures` are types, names and Content-IDs."""
    texts = [("text/plain", plain), ("text/html", page)]
    parts = [f"--x\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in texts if text]
    for kind, name, content_id in pictures:
        named = f'; filename="{name}"' if name else ""
        head = f"--x\r\nContent-Type: {kind}\r\nContent-Disposition: inline{named}\r\n"
        parts.append(f"{head}Content-ID: <{content_id}>\r\n\r\nPNG\r\n")
    return (HEAD + "".join(parts) + "--x--\r\n").encode()


# The email, its text, and the names of its files.
PICTURES = {
    "in a page": (
        {"page": '<p>See <img src="cid:1@b.example"> here</p>'},
        "See [plan.png] here",
        ["plan.png"],
    ),
    "without quotes": ({"page": "<p>See <img src=cid:1@b.example></p>"}, "See [plan.png]", ["plan.png"]),
    "in a plain text of Outlook": (
        {"plain": "See [cid:1@b.example] here"},
        "See [plan.png] here",
        ["plan.png"],
    ),
    "in a plain text of Gmail": (
        {"plain": "See [image: plan.png] here"},
        "See [plan.png] here",
        ["plan.png"],
    ),
    "only the page says where": (
        {"plain": "See here", "page": '<p>See <img src="cid:1@b.example"> here</p>'},
        "See [plan.png] here",
        ["plan.png"],
    ),
    "both say where": (
        {"plain": "Plain [cid:1@b.example]", "page": '<p>Page <img src="cid:1@b.example"></p>'},
        "Plain [plan.png]",
        ["plan.png"],
    ),
    "nowhere": ({"plain": "See here", "page": "<p>See there</p>"}, "See here", ["plan.png"]),
    "a picture that isn't there": (
        {"page": '<p>See <img src="cid:2@b.example"> here</p>'},
        "See here",
        ["plan.png"],
    ),
    "a picture of another site": (
        {"page": '<p>See <img src="https://spy.example/plan.png"> here</p>'},
        "See here",
        ["plan.png"],
    ),
    "two with one name": (
        {
            "page": '<p><img src="cid:1@b.example"><br><img src="cid:2@b.example"></p>',
            "pictures": (PLAN, ("image/png", "plan.png", "2@b.example")),
        },
        "[plan.png]\n[plan-2.png]",
        ["plan.png", "plan-2.png"],
    ),
    "without a name": (
        {"page": '<p><img src="cid:1@b.example"></p>', "pictures": (("image/png", "", "1@b.example"),)},
        "[picture.png]",
        ["picture.png"],
    ),
    "a name with signs of Markdown": (
        {
            "page": '<p><img src="cid:1@b.example"></p>',
            "pictures": (("image/png", "a](b)*c.png", "1@b.example"),),
        },
        "[a_b_c.png]",
        ["a_b_c.png"],
    ),
    "a file that is no picture": (
        {"page": '<p>x<img src="cid:1@b.example"></p>', "pictures": (("text/csv", "a.csv", "1@b.example"),)},
        "x",
        ["a.csv"],
    ),
}


@pytest.mark.parametrize(("email", "text", "files"), PICTURES.values(), ids=PICTURES)
def test_where_the_pictures_are(email, text, files):
    letter = parse_received_message(email_with(**email))
    assert letter.text == text
    assert [name for name, _content in letter.files] == files
