"""Users who are mentioned in the text of an activity, as "@Ann Miller", and their notifications."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Operation
from crm.platform.text.text_folding import fold_text
from crm.platform.web.notifications import PushDelivery, create_notification, register_notice_kind

# So many are notified of one text, and so many names are offered while typing.
MOST_MENTIONED, OFFERED = 20, 8
# In an email address it follows a letter.
SIGN = re.compile(r"(?<!\w)@")


def find_mentioned_colleagues(text: str, author: Any) -> list[Any]:
    """The colleagues of the author whose name follows an @, with their permissions; of two names that start alike, the
    longer one."""
    if not SIGN.search(text):
        return []
    found, left = [], fold_text(text)
    people: Any = get_user_model()._default_manager
    for user in sorted(people.active().visible_to(author), key=lambda user: -len(user.name)):
        pattern = rf"(?<!\w)@{re.escape(fold_text(user.name))}(?!\w)"
        if user.name and re.search(pattern, left):
            found.append(user.pk)
            left = re.sub(pattern, " ", left)
    rows = people.with_rights().filter(pk__in=found[:MOST_MENTIONED]).exclude(pk=author.pk)
    return list(rows.by_name())


def notify_mentioned(text: str, record: Operation, model: Any, ids: list[int], *, before: str = "") -> None:
    """Notify those who are mentioned and weren't `before`, each about the records with these IDs that they see."""
    for user in get_newly_mentioned(text, before, record):
        if seen := get_ids_visible_to(user, model, ids):
            create_notification(user, "mentioned", record, seen, table=model.table)


def notify_mentioned_in_texts(texts: Iterable[tuple[str, str, int]], record: Operation, model: Any) -> None:
    """The same for the texts of different records, as (text, text before, ID): each user gets one notification."""
    found: dict[Any, set[int]] = {}
    for text, before, pk in texts:
        for user in get_newly_mentioned(text, before, record):
            found.setdefault(user, set()).add(pk)
    for user, ids in found.items():
        if seen := get_ids_visible_to(user, model, ids):
            create_notification(user, "mentioned", record, seen, table=model.table)


def get_newly_mentioned(text: str, before: str, record: Operation) -> list[Any]:
    """Those who are mentioned in the text and weren't `before`."""
    if record.by is None or not (users := find_mentioned_colleagues(text, record.by)):
        return []
    known = {user.pk for user in find_mentioned_colleagues(before, record.by)}
    return [user for user in users if user.pk not in known]


def get_ids_visible_to(user: Any, model: Any, ids: Iterable[int]) -> list[int]:
    """Which of these records the user sees."""
    if not user.has_perm(model.get_right("view")):
        return []
    return list(
        model.objects.visible_to(user).filter(pk__any=list(ids)).order_by("pk").values_list("pk", flat=True)
    )


def get_unnotified_names(text: str, author: Any, record: Any) -> list[str]:
    """The names of mentioned users who don't see the record, so weren't notified."""
    return [
        user.name
        for user in find_mentioned_colleagues(text, author)
        if not get_ids_visible_to(user, type(record), [record.pk])
    ]


def get_mention_suggestions(typed: str, author: Any, record: Any) -> list[str]:
    """The names of colleagues who see the record and have a name that starts with what was typed, or a part of it."""
    people: Any = get_user_model()._default_manager
    rows = people.active().visible_to(author).exclude(pk=author.pk).matching(typed).with_rights().by_name()
    names = []
    for user in rows[: 3 * OFFERED]:
        if get_ids_visible_to(user, type(record), [record.pk]):
            names.append(user.name)
    return names[:OFFERED]


@register_notice_kind("mentioned", icon="note", push=PushDelivery("mentions"))
def _get_mention_sentence(values: dict) -> str:
    if values["count"] == 1:
        return _("%(by)s mentioned you on %(name)s.")
    count = values["count"]
    return ngettext(
        "%(by)s mentioned you on %(count)s record.", "%(by)s mentioned you on %(count)s records.", count
    )
