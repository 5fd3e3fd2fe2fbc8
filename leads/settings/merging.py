"""Merging a tag into another: its leads and saved views get the other tag, then it is retired, in one operation."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from crm.jobs import Problem, job_kind
from crm.models import Job, Operation, Tag
from crm.records.change import carry_out
from crm.records.rewritten_views import replace
from crm.records.settings_change import recorded, wait_for_others
from leads.models import Lead
from leads.settings.retirement import RetirementRefused
from leads.settings.usage import having
from leads.verbs import MergeTags
from leads.verbs.settings import labels


def merge(pk: int, into: int, *, by, progress: Callable[[int, int], None] | None = None) -> Operation:
    """Raises RetirementRefused if the tags can't be merged or the user may not change all leads of the first."""
    wait_for_others()
    tags = Tag.objects.select_for_update().in_bulk([pk, into])
    if len(tags) < 2 or tags[into].retired:
        raise RetirementRefused(_("One of these tags is no longer in use."))
    rows = Lead.objects.filter(having("tag", pk))
    with recorded("merge_tags", by=by, rows=[pk], successor=into) as record:
        verb = MergeTags(tags[pk], tags[into])
        carry_out(verb, rows.changeable_by(by), by=by, joined=record, progress=progress)
        if rows.exists():
            raise RetirementRefused(
                _("You don’t have permission to change all of the affected leads. Ask an administrator.")
            )
        Tag.objects.filter(pk=pk).update(retired=True)
        record.parameters["views"] = replace("tags", pk, into)
    return record


def _words(arguments: dict) -> str:
    return _("Merging the tag %(name)s") % {"name": labels("tag", [arguments.get("pk", 0)])}


@job_kind("merge_tags", _words)
def merge_tags(job: Job, progress) -> Operation | None:
    if not job.user.has_perm("crm.delete_tag"):
        raise Problem(_("You no longer have permission to do this. Nothing was changed."))
    try:
        record = merge(job.arguments["pk"], job.arguments["into"], by=job.user, progress=progress)
    except RetirementRefused as refused:
        raise Problem(str(refused)) from refused
    return record if record.pk else None
