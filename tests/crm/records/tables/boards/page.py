"""What a board shows, read from its HTML."""

import re

BOARD = "/admin/leads/board"
HTMX = {"HX-Request": "true", "HX-Target": "board"}


def columns(page: str) -> dict[int, list[int]]:
    """The numbers of the leads on a page of the board, by status."""
    parts = re.split(r'<section class="column" [^>]*data-lane="(\d+)"', page)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {int(status): cards(part) for status, part in pairs}


def cards(text: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="card-(\d+)"', text)]


def gone(text: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'data-gone="(\d+)"', text)]


def seen(page: str) -> str:
    return re.search(r'data-seen="([^"]+)"', page)[1]


def steps(ids: list[int]) -> str:
    """Which cards a page shows, as its script says it."""
    order = sorted(ids)
    return ".".join(base36(pk - before) for before, pk in zip([0, *order], order, strict=False))


def base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
        if not number:
            return digits


def move(browser, lead, status, *, query: str = "all=1", **more):
    """As the script does: the answer has the card where it is then."""
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{BOARD}?{query}"}
    return browser.post(f"{BOARD}/{lead.pk}/move", {"column": status.pk, **more}, headers=headers)
