"""Where an email address may break at the end of a line: before its @ and after its dots, not within a word."""

import re

from django.utils.safestring import SafeString

from crm.platform.web.rendering.html_building import escape_value, join_html

# A dot at the end of the text is no place for a break.
PLACES = re.compile(r"(?<=\.)(?=[^.@])|(?=@)")


def render_breakable(address: str) -> SafeString:
    """The address as HTML. The places for breaks are no characters, so a copied address is the same."""
    return join_html(["<wbr>".join(map(escape_value, PLACES.split(str(address))))])
