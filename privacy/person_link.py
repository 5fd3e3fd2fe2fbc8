"""The link from a lead, contact or request to what is stored about its person."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.records.kinds.page_links import RecordLink
from privacy.permissions import VIEW_PERMISSION
from privacy.person import PERSON_TABLES


def build_privacy_link(record: Any, viewer: User) -> RecordLink | None:
    if record.table not in PERSON_TABLES or not viewer.has_perm(VIEW_PERMISSION):
        return None
    return RecordLink(
        _("Privacy"), "person", f"{reverse('privacy:person')}?record={record.table}-{record.pk}"
    )
