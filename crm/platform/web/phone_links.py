"""The addresses that call a number, by the device or the phone system of the company, and that write to it."""

from urllib.parse import quote

from django.conf import settings

PLACE = "{phone}"


def get_message_number(normal: str) -> str:
    """A normal number if it has its country, so that it can be written to, else ''."""
    return normal if normal.startswith("+") else ""


def build_chat_url(number: str) -> str:
    """The WhatsApp chat with a number that has its country, such as "+40722123456"."""
    return f"https://wa.me/{quote(number.removeprefix('+'), safe='')}"


def build_dial_url(number: str) -> str:
    """ "tel:+40722123456", or LEADWELL_DIALER with the number in its place; without its spaces."""
    template, number = settings.DIALER, "".join(number.split())
    if template:
        return str(template).replace(PLACE, quote(number, safe=""))
    return f"tel:{quote(number, safe='+')}"
