"""Pictures of a received email where its text has them: the text names the file in brackets, such as [plan.png].

Only files of the same activity are shown, as their thumbnails. So nothing is fetched from other sites.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString

from crm.models import AttachedFile
from crm.platform.web.rendering.html_building import html, join_html
from crm.records.kinds.kind_registry import Kind
from crm.work.activities.markdown import render_markdown
from crm.work.models.activity import Activity

# A picture's name has no other characters (mailboxes/messages/inline_pictures.py).
NAMED = re.compile(r"\[([\w .-]{1,200})\]")
TAGS = re.compile(r"(<[^>]*>)")


def render_html_with_pictures(
    activity: Activity, text: str, files: Iterable[AttachedFile], kind: Kind, record: Any
) -> SafeString:
    """The text of the activity, or a part of it. `kind` and `record` are what it was added to."""
    shown = render_markdown(text)
    pictures = {file.name: file for file in files if file.has_thumbnail}
    if not activity.has_arrived or not pictures:
        return shown

    def render_picture(found: re.Match[str]) -> str:
        file = pictures.get(found[1])
        if file is None:
            return found[0]
        place = (record.pk, activity.pk, file.pk)
        return html(
            '<a href="{}" download><img src="{}" loading="lazy" alt="{}"></a>',
            kind.get_url("file", *place),
            kind.get_url("thumbnail", *place),
            file.name,
        )

    # Every other part is a tag, and stays as it is.
    parts = TAGS.split(shown)
    return join_html(
        part if number % 2 else NAMED.sub(render_picture, part) for number, part in enumerate(parts)
    )
