"""Operations as their readers may see them: own ones, those of colleagues, and what became of each visible lead."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.change import Verb
from crm.models import Change, Operation, Verdict
from crm.undo import undone_among, why_not
from leads import names
from leads.listing import drawn
from leads.models import Lead
from leads.timeline import shown_changes
from leads.verbs.reasons import sentence

PAGE = 50
# The marker of each kind; what is not here is an edit.
ICONS = {
    "add": "plus",
    "assign": "person",
    "take": "person",
    "deactivate": "person",
    "move": "flag",
    "change_pipeline": "flag",
    "vip": "star",
    "share": "share",
    "tag": "tag",
    "untag": "tag",
    "merge_tags": "tag",
    "next_action": "calendar",
    "bin": "bin",
    "purge": "bin",
    "restore": "undo",
    "import": "upload",
}
OTHER_WORDS = {
    "add": _("Add a lead"),
    "import": _("Import"),
    "install": _("Installation"),
    "deactivate": _("Hand over"),
}


def words_of(record: Operation, viewer=None) -> str:
    """What was done, in the reader's language: "Move to Qualified", "Undo: Set VIP".

    A viewer who did not do it reads no name of people and departments that they do not see.
    """
    if record.undoes:
        return _("Undo: %(what)s") % {"what": words_of(record.undoes, viewer)}
    verb = Verb.known.get(record.kind)
    if verb:
        hides = viewer is not None and viewer.pk != record.by_id
        parameters = names.parameters_seen_by(viewer, record.parameters) if hides else record.parameters
        return str(verb.words(parameters))
    return str(record.parameters.get("words") or OTHER_WORDS.get(record.kind, record.kind))


def visible_operations(user):
    """All for who sees all leads; else one's own and, for who sees whole departments, those of colleagues."""
    if user.sees_everything:
        return Operation.objects.all()
    condition = Q(by=user.pk)
    if user.has_perm("leads.see_departments"):
        condition |= Q(by__in=User.objects.visible_to(user).values("pk"))
    return Operation.objects.filter(condition)


def readable_operations(user):
    """Those, and what the user got a message about: their page shows of it the leads that the user sees."""
    told = Q(pk__in=user.notifications.values("operation"))
    return Operation.objects.filter(Q(pk__in=visible_operations(user).values("pk")) | told)


@dataclass(frozen=True)
class Line:
    """One operation in the list: its words, whether it is undone, and whether the reader may undo it."""

    record: Operation
    words: str
    undone: bool
    may_undo: bool

    @property
    def icon(self) -> str:
        settings = self.record.parameters.get("settings")
        return (
            "undo"
            if self.record.undoes_id
            else "settings"
            if settings
            else ICONS.get(self.record.kind, "edit")
        )


def lines_of(records: list[Operation], user) -> list[Line]:
    undone = undone_among(records)
    found = []
    for record in records:
        may = record.by_id == user.pk and not why_not(record, user, undone=record.pk in undone)
        found.append(Line(record, words_of(record, user), record.pk in undone, may))
    return found


def receipt(record: Operation, user) -> dict:
    """The counts by verdict, each refusal with its reason and a few visible examples."""
    refusals = []
    for verdict in Verdict.objects.filter(operation=record, word=Verdict.Word.REFUSED):
        ids = [] if record.parameters.get("settings") else verdict.ids[:200]
        visible = Lead.objects.filter(pk__any=ids).visible_to(user).values_list("pk", flat=True)
        refusals.append((sentence(verdict.reason), verdict.count, drawn(list(visible[:5]))))
    return {"words": words_of(record, user), "refusals": refusals}


def other_rows(record: Operation) -> int:
    """What an undo took back beside leads, such as the sources that an import had added: it is counted with them."""
    rows = Change.objects.filter(operation=record).exclude(table="lead")
    return rows.values("table", "row").distinct().count() if record.undoes_id else 0


def found_leads(record: Operation, user, data: QueryDict) -> dict:
    """The changed leads that the reader sees, with old and new values, a page; the others only as a number."""
    rows = Change.objects.filter(operation=record, table="lead").order_by("row", "id")
    touched = Change.objects.filter(operation=record, table="lead").values("row")
    visible = Lead.objects.filter(pk__in=touched).visible_to(user)
    total = 0 if record.parameters.get("settings") else record.changed - other_rows(record)
    after = data.get("after", "")
    page = visible.filter(pk__gt=int(after)) if after.isdecimal() and len(after) < 19 else visible
    ids = list(page.order_by("pk").values_list("pk", flat=True)[: PAGE + 1])
    leads = {lead.pk: lead for lead in drawn(ids[:PAGE])}
    changes = shown_changes(rows.filter(row__in=leads), user)
    by_lead: dict[int, list] = {}
    for change, fields in changes:
        by_lead.setdefault(change.row, []).extend(fields)
    seen = visible.order_by()[:10_001].count()
    return {
        "leads": [(lead, by_lead.get(pk, [])) for pk, lead in leads.items()],
        "unseen": max(0, total - seen) if seen <= 10_000 else 0,
        "next": ids[PAGE - 1] if len(ids) > PAGE else None,
    }
