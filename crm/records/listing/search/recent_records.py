"""The records that a user opened last, for the palette: a browser cookie stores their ids, never their names."""

from django.conf import settings

from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import KINDS, Kind

COOKIE = settings.RECENT_COOKIE_NAME
MOST = 6


def get_recently_opened_keys(request) -> list[tuple[str, int]]:
    """(kind, id), newest first. The next user of this browser sees only the records that they may see."""
    found = []
    for part in request.COOKIES.get(COOKIE, "")[:300].split("."):
        name, _dash, digits = part.partition("-")
        if name in KINDS and (number := parse_number(digits)):
            found.append((name, number))
    return found[:MOST]


def remember_opened_record(request, response, kind: Kind, pk: int) -> None:
    others = [one for one in get_recently_opened_keys(request) if one != (kind.name, pk)]
    text = ".".join(f"{name}-{number}" for name, number in [(kind.name, pk), *others][:MOST])
    if text != request.COOKIES.get(COOKIE):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(COOKIE, text, httponly=True, samesite="Lax", secure=secure)
