"""Undo never gives records or tasks back to a user who has left; it says who has to be reactivated first."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from crm.models import Operation
from crm.records.history.undo.unreverted_rows import Remedy

# So many users are named.
NAMED = 3


def get_undo_remedy(record: Operation, user: Any) -> Remedy:
    people = list(_get_previous_users(record)[: NAMED + 1])
    names = [person.name for person in people[:NAMED]]
    if len(people) > NAMED:
        names.append(pgettext("users", "others"))
    if not names:
        return Remedy(_("Reactivate the user first. Then you can undo the rest."))
    text = _("Reactivate %(names)s first. Then you can undo the rest.") % {
        "names": get_text_list(names, _("and"))
    }
    may = len(people) == 1 and user is not None and user.has_perm("accounts.delete_user")
    return Remedy(text, reverse("user", args=[people[0].pk]) if may else "")


def _get_previous_users(record: Operation) -> Any:
    """Those from whom the operation took records or tasks, and who have left."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT f.value->>0 FROM crm_change c CROSS JOIN LATERAL jsonb_each(c.fields) f
               WHERE c.operation_id = ANY(%s) AND c.at >= %s AND c.kind = 'update'
               AND f.key IN ('owner_id', 'user_id') AND f.value->>0 IS NOT NULL""",
            [record.own_ids, record.earliest_change_at],
        )
        ids = [int(pk) for (pk,) in cursor.fetchall()]
    return User.objects.inactive().filter(pk__in=ids).by_name()


REMEDIES = dict.fromkeys(["owner_left", "user_left"], get_undo_remedy)
