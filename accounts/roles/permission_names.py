"""The names of permissions by their IDs. Each process keeps them: a request reads the hundreds of IDs of its user, and joining their
names took as long as everything else that it reads with them."""

from collections.abc import Collection

from django.contrib.auth.models import Permission

_kept: dict[int, str] = {}


def get_permission_names(ids: Collection[int]) -> set[str]:
    """Those with these IDs, as "leads.view_lead". Only migrations add permissions, and no ID is used twice, so all of them are read
    again when there is an unknown one."""
    if not _kept.keys() >= set(ids):
        keep_permission_names()
    return {_kept[pk] for pk in ids}


def keep_permission_names() -> None:
    rows = Permission.objects.order_by().values_list("pk", "content_type__app_label", "codename")
    _kept.update({pk: f"{app}.{codename}" for pk, app, codename in rows})
