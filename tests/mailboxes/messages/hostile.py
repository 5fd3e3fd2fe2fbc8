"""Emails that are made to keep whoever reads them busy, of any size in bytes."""

from collections.abc import Callable

FROM = b"From: Ana <ana@stranger.example>\r\nMessage-ID: <hostile@stranger.example>\r\n"
MIXED = FROM + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"


def filled(before: bytes, part: bytes) -> Callable[[int], bytes]:
    return lambda size: FROM + before + part * (size // len(part)) + b"\r\n\r\nHello"


def many_parts(size: int) -> bytes:
    """Two hundred, each with many parameters."""
    part = b"--x\r\nContent-Type: text/plain; " + b'a="b;c";' * (size // 1600) + b"\r\n\r\nHello\r\n"
    return MIXED + part * 200


def nested(size: int) -> bytes:
    lines = b"Content-Type: multipart/mixed; boundary=x%d\r\n\r\n--x%d\r\n"
    return FROM + b"".join(lines % (number, number) for number in range(150)) + b"\n" * size


HEADERS: dict[str, Callable[[int], bytes]] = {
    "parameters": filled(b"Content-Type: text/plain", b'; a="b"'),
    "a quote without an end": filled(b'Content-Type: text/plain; a="', b'"\\'),
    "semicolons": filled(b"Content-Type: text/plain", b";"),
    "a name of a file in parts": filled(b"Content-Disposition: attachment", b"; filename*1*=x"),
    "encoded words": filled(b"Subject: ", b"=?utf-8?b?YQ==?= "),
    "encoded words without an end": filled(b"Subject: ", b"=?a?q?"),
    "broken Base64": filled(b"Subject: ", b"=?utf-8?b?!!?="),
    "parentheses": filled(b"To: ", b"("),
    "quotes among addresses": filled(b"To: ", b'"a" <'),
    "recipients": filled(b"To: ", b"a@b.example, "),
    "references": filled(b"References: ", b"<a@b.example> "),
    "many headers": filled(b"", b"X: y\r\n"),
    "many lines of a header": filled(b"X: y", b"\r\n z"),
}
PARTS: dict[str, Callable[[int], bytes]] = {
    "parts with parameters": many_parts,
    "tiny parts": lambda size: MIXED + b"--x\r\n\r\n\r\n" * (size // 9),
    "nested parts": nested,
    "emails in emails": lambda size: (FROM + b"Content-Type: message/rfc822\r\n\r\n") * (size // 100),
}
CONTENTS: dict[str, Callable[[int], bytes]] = {
    "a long text": filled(b"\r\n", b"Hello "),
    "empty lines": filled(b"\r\n", b"\n"),
    "ends of lines of old systems": filled(b"\r\n", b"\r"),
    "open tags": filled(b"Content-Type: text/html\r\n\r\n", b"<div>"),
    "quoted-printable": filled(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=\r\n"),
    "uuencode": filled(b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\n", b"M\n"),
    "Base64": filled(b"Content-Transfer-Encoding: base64\r\n\r\n", b"=\r\n"),
}
