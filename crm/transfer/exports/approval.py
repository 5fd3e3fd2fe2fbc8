"""Large exports that wait for approval: from which size, who approves them, and who is notified."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Export
from crm.platform.web.notifications import create_notification, register_notice_kind
from crm.platform.web.security_log import write_security_line
from crm.records.kinds.kind_registry import Kind
from crm.templatetags.look import number
from crm.transfer.exports.linked_sheets import count_linked_records, describe_content
from crm.transfer.exports.selection import Selection

RIGHT = "crm.approve_export"
PAGE = "/admin/exports"


def has_to_ask(selection: Selection, user, also: Sequence[str] = ()) -> bool:
    """Whether someone else has to approve the export of this set, with the records of other kinds that link to it. Users who
    may approve don't have to ask."""
    most = settings.EXPORT_APPROVAL_ABOVE
    if not most or user.has_perm(RIGHT):
        return False
    return selection.has_more_than(most) or (
        bool(also) and selection.count_matches() + count_linked_records(selection, also) > most
    )


def request_approval(export: Export, selection: Selection) -> None:
    """Leave the export waiting and notify those who may approve it."""
    export.state, export.matched = Export.State.ASKED, selection.count_matches()
    export.linked = count_linked_records(selection, export.also)
    export.save(update_fields=["state", "matched", "linked"])
    write_security_line(
        "export_asked", export=export.pk, table=export.table, query=export.query, rows=export.matched
    )
    for approver in get_approvers(selection.kind, but=export.user):
        words = f"{number(export.matched)}, {export.words}"[:300]
        create_notification(approver, "export_asked", path=PAGE, by=export.user.name, records=words)


def get_approvers(kind: Kind, *, but) -> list:
    """Active people with the permission; they see the request on the exports page, which requires that permission too."""
    people = get_user_model()._default_manager
    holding = people.active().filter(groups__permissions__codename="approve_export").exclude(pk=but.pk)
    found = people.with_rights().filter(pk__in=holding.values("pk"))
    return [user for user in found if user.has_perms([RIGHT, kind.get_right("export")])]


def decide_approval(export: Export, *, approved: bool, by) -> None:
    export.state = Export.State.APPROVED if approved else Export.State.DECLINED
    export.decided_by, export.decided_at = by, timezone.now()
    export.save(update_fields=["state", "decided_by", "decided_at"])
    create_notification(export.user, f"export_{export.state}", path=PAGE, by=by.name)


class MoreThanApproved(Exception):
    """The set has grown since it was approved."""


def has_grown(export: Export, selection: Selection) -> bool:
    """Whether the set of an approved export has more records than its approver saw, on the first sheet or on the further ones. Those
    of an export from before the latter were counted aren't compared."""
    if export.decided_by_id is None or export.matched is None:
        return False
    if selection.count_matches() > export.matched:
        return True
    return export.linked is not None and count_linked_records(selection, export.also) > export.linked


@transaction.atomic
def request_approval_again(export: Export, selection: Selection) -> None:
    """The approved export waits once more, with the records that it has now."""
    found = Export.objects.approved().select_for_update(no_key=True).filter(pk=export.pk).first()
    if found is not None:
        found.decided_by = found.decided_at = None
        found.words = describe_content(selection, activities=found.activities, also=found.also)
        found.save(update_fields=["decided_by", "decided_at", "words"])
        request_approval(found, selection)


def claim_approved_export(pk: int, user) -> Export | None:
    """Claim the approved export, once: from now on it is being written."""
    mine = Export.objects.of_user(user).approved().filter(pk=pk)
    if not mine.update(state=Export.State.WRITING, at=timezone.now()):
        return None
    return Export.objects.get(pk=pk)


@register_notice_kind("export_asked")
def get_request_sentence(values: dict) -> str:
    return _("%(by)s requested approval for an export: %(records)s.")


@register_notice_kind("export_approved", icon="download")
def get_approved_sentence(values: dict) -> str:
    return _("%(by)s approved your export. You can download the file now.")


@register_notice_kind("export_declined")
def get_declined_sentence(values: dict) -> str:
    return _("%(by)s declined your export. No file was created.")
