"""Headers that go on one line, however long they are: some mail programs don't read a Message-ID or the address to unsubscribe on
the line after the name."""

from email.policy import Compat32, compat32
from typing import Any

from django.core.mail import EmailMultiAlternatives

# Characters of a line (RFC 5322, 2.1.1).
LONGEST, WANTED = 998, 78
ON_ONE_LINE = ("message-id", "list-id", "list-unsubscribe", "list-unsubscribe-post")


class OneLine(Compat32):
    """Headers in lines of 78 characters, except those that some programs read only on one line."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        longest = LONGEST if name.lower() in ON_ONE_LINE else WANTED
        return compat32.clone(linesep=self.linesep, max_line_length=longest).fold_binary(name, value)


class WrittenEmail(EmailMultiAlternatives):
    """An email with such headers."""

    def message(self, *arguments: Any, **keywords: Any) -> Any:
        message: Any = super().message(*arguments, **keywords)
        message.policy = OneLine()
        return message
