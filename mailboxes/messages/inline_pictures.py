"""Pictures within the text of an email: which file each of them is (RFC 2392), and where the text has them.

Programs write them in several ways: `<img src="cid:…">` in HTML; in plain texts Outlook writes [cid:…] and Gmail
[image: plan.png]. Here they all become [plan.png], which the timeline shows as the picture.
"""

import re
from collections.abc import Iterable
from email.message import Message
from pathlib import PurePosixPath

from mailboxes.messages.message_headers import decode_encoded_words, get_raw_header

IN_PLAIN_TEXT = re.compile(r"\[(?:cid:|image: )([^\[\]\n]{1,250})\]")
NOT_IN_NAMES = re.compile(r"[^\w .-]+")
LONGEST_NAME = 100


def get_picture_names(parts: Iterable[Message]) -> dict[str, str]:
    """The names of the files of pictures that the text may have, by Content-ID. No two have the same name."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for part in parts:
        content_id = get_content_id(part)
        if not content_id or part.get_content_maintype() != "image" or content_id in found:
            continue
        path = PurePosixPath(
            NOT_IN_NAMES.sub("_", decode_encoded_words(part.get_filename() or "")).strip(" .")
        )
        ending = path.suffix[:10] or f".{part.get_content_subtype()[:10]}"
        stem = (path.stem or "picture")[:LONGEST_NAME]
        number, name = 1, f"{stem}{ending}"
        while name in taken:
            number += 1
            name = f"{stem}-{number}{ending}"
        taken.add(name)
        found[content_id] = name
    return found


def get_content_id(part: Message) -> str:
    return get_raw_header(part, "Content-ID").strip("<> ")


def insert_picture_names(text: str, pictures: dict[str, str]) -> str:
    """A plain text with the names of its pictures in brackets."""
    if not pictures:
        return text
    names = set(pictures.values())

    def get_picture_name(found: re.Match[str]) -> str:
        said = pictures.get(found[1], found[1])
        return f"[{said}]" if said in names else found[0]

    return IN_PLAIN_TEXT.sub(get_picture_name, text)


def has_picture_names(text: str, pictures: dict[str, str]) -> bool:
    """Whether the text has one of them."""
    return any(f"[{name}]" in text for name in pictures.values())
