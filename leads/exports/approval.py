"""Large exports that wait: who has to be asked from which size on, and what is told to whom."""

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.notices import tell
from crm.templatetags.look import number
from leads.exports.selection import Selection
from leads.models import Export

RIGHT = "leads.approve_export"
PAGE = "/admin/exports"


def has_to_ask(selection: Selection, user) -> bool:
    """Whether somebody else has to agree before this set is written. Who may approve asks nobody."""
    most = settings.EXPORT_APPROVAL_ABOVE
    return bool(most) and not user.has_perm(RIGHT) and selection.more_than(most)


def ask(export: Export, selection: Selection) -> None:
    """Leave it waiting, and tell those who may approve it."""
    export.state, export.matched = Export.State.ASKED, selection.matched()
    export.save(update_fields=["state", "matched"])
    for approver in approvers(but=export.user):
        words = f"{number(export.matched)}, {export.words}"[:300]
        tell(approver, "export_asked", path=PAGE, by=export.user.name, leads=words)


def approvers(*, but: User) -> list[User]:
    """Active people with the right; they see it among the exports, for which they need that right too."""
    holding = User.objects.active().filter(groups__permissions__codename="approve_export").exclude(pk=but.pk)
    found = User.objects.with_rights().filter(pk__in=holding.values("pk"))
    return [user for user in found if user.has_perm(RIGHT) and user.has_perm("leads.export_lead")]


def decide(export: Export, *, approved: bool, by: User) -> None:
    export.state = Export.State.APPROVED if approved else Export.State.DECLINED
    export.decided_by, export.decided_at = by, timezone.now()
    export.save(update_fields=["state", "decided_by", "decided_at"])
    tell(export.user, f"export_{export.state}", path=PAGE, by=by.name)


def take(pk: int, user) -> Export | None:
    """The approved export, once: from now on it is being written."""
    mine = Export.objects.of(user).approved().filter(pk=pk)
    if not mine.update(state=Export.State.WRITING, at=timezone.now()):
        return None
    return Export.objects.get(pk=pk)
