"""Handing one email over to a mail server, step by step, so that a lost connection tells whether it may have arrived."""

import re
import smtplib
from contextlib import suppress

ENHANCED = re.compile(r"^(\d)\.(\d{1,3})\.(\d{1,3})\b")
# "No such user", "not here", "not allowed as a name" (RFC 5321), for servers that send no enhanced code.
NO_SUCH_ADDRESS = {550, 551, 553}
CLOSING = 421
ENDS = re.compile(rb"\r\n|\r|\n")
DOTS = re.compile(rb"^\.", re.MULTILINE)


class EmailRefused(Exception):
    """The mail server said no. `step` is "sender", "recipient" or "content"."""

    def __init__(self, code: int, said: bytes | str, step: str) -> None:
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        self.code, self.said, self.step = code, " ".join(text.split()), step
        super().__init__(self.answer)

    @property
    def answer(self) -> str:
        return f"{self.code} {self.said}".strip()

    @property
    def is_for_now(self) -> bool:
        return 400 <= self.code < 500

    @property
    def is_of_connection(self) -> bool:
        """Nothing that concerns this recipient: the server closes, or accepts nothing from us for now."""
        return self.code == CLOSING or (self.step == "sender" and self.is_for_now)

    @property
    def is_address(self) -> bool:
        """Whether the address doesn't exist, so that it gets no other email: a status 5.1.x (RFC 3463)."""
        if self.is_for_now or self.step != "recipient":
            return False
        enhanced = ENHANCED.match(self.said)
        return is_dead(enhanced[0]) if enhanced else self.code in NO_SUCH_ADDRESS


class ConnectionBroken(Exception):
    """The connection was lost. After the content has left, it may have arrived."""

    def __init__(self, *, may_have_arrived: bool) -> None:
        self.may_have_arrived = may_have_arrived
        super().__init__()


def is_dead(status: str) -> bool:
    """Whether an enhanced status code says that the address can't receive: it doesn't exist, is disabled, or has moved."""
    return status.startswith("5.1.") or status in ("5.2.1", "5.4.4")


def transfer_email(server: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> None:
    """Returns when the server has accepted the email. Raises Refused and Broken."""
    has_left = False
    try:
        _require_code(server.mail(sender), "sender")
        _require_code(server.rcpt(recipient), "recipient")
        _require_code(server.docmd("DATA"), "content", wanted=354)
        has_left = True
        server.send(escape_leading_dots(content))
        _require_code(server.getreply(), "content")
    except EmailRefused as refused:
        if not refused.is_of_connection:
            # A server that doesn't answer to this either is found out with the next email.
            with suppress(OSError):
                server.rset()
        raise
    except OSError as error:
        # All errors of smtplib are such errors too.
        raise ConnectionBroken(may_have_arrived=has_left) from error


def escape_leading_dots(content: bytes) -> bytes:
    """As RFC 5321, 4.5.2, sends it: lines that begin with a dot get another one, and a dot alone ends it."""
    lines = DOTS.sub(b"..", normalize_line_ends(content))
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def normalize_line_ends(content: bytes) -> bytes:
    """Each line ends with CRLF, as it is sent and signed."""
    return ENDS.sub(b"\r\n", content)


def _require_code(answer: tuple[int, bytes], step: str, wanted: int = 250) -> None:
    code, said = answer
    if code != wanted and not (wanted == 250 and code == 251):
        raise EmailRefused(code, said, step)
