"""Links that an email has for its recipient alone, such as the one to unsubscribe: an answer that quotes them loses them, so that no
one who reads the timeline can open them in the name of the recipient."""

import re
from dataclasses import replace

from django.conf import settings

from mailboxes.messages.received_message import ReceivedMessage

# The beginnings of their paths, from the apps that send them.
PATHS: list[str] = []


def remove_recipient_links(letter: ReceivedMessage) -> ReceivedMessage:
    """A link with words keeps the words."""
    if not PATHS or settings.SITE_URL not in letter.text:
        return letter
    paths = "|".join(map(re.escape, PATHS))
    address = rf"{re.escape(settings.SITE_URL)}(?:{paths})[^\s<>()\[\]\"']+"
    text = re.sub(rf"(?<!!)\[([^\[\]\n]*)\]\(\s*<?{address}>?[^()\n]*\)", r"\1", letter.text)
    return replace(letter, text=re.sub(rf"<?{address}>?", "", text))
