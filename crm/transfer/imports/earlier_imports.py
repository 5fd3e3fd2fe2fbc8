"""Whether a file with the same content was imported before, by anyone: users see it before they import the file again."""

from typing import Any

from django.contrib.auth import get_user_model

from crm.models import Import
from crm.records.history.undo.undo_permission import get_undone_ids


def get_earlier_import(imported: Import) -> dict[str, Any]:
    """The last import of a file with the same bytes. `colleague` is the user who did it, if this user may see them; the
    result is shown to users who can see its receipt."""
    done = Import.objects.of_table(imported.table).done().with_same_content_as(imported)
    before = done.newest_first().select_related("user", "operation").first()
    if before is None:
        return {"before": None}
    user = imported.user
    people = get_user_model()._default_manager.visible_to(user)
    return {
        "before": before,
        "colleague": people.filter(pk=before.user_id).first(),
        "before_undone": bool(before.operation and get_undone_ids([before.operation])),
        "before_shown": Import.objects.visible_to(user).filter(pk=before.pk).exists(),
    }
