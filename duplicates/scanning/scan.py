"""The scan for duplicates, as a job: it compares all records, whoever sees them, and replaces what the last one found.

What a user sees of it is decided when they open the page (duplicates/duplicate_groups.py).
"""

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Job
from crm.platform.jobs import register_job_kind
from customers.models import Company, Contact
from duplicates.models import DuplicateRules, Scan
from duplicates.models.likeness import Reason
from duplicates.scanning.exact_matches import PARTS, PORTION, generate_blocks
from duplicates.scanning.scan_results import FoundGroups
from duplicates.scanning.similar_names import PASSES, generate_similar_pairs
from leads.models import Lead

KIND, NIGHTLY = "scan_duplicates", "scan_duplicates_nightly"
PAGE = "/admin/duplicates"
Progress = Callable[[int, int], None]


@register_job_kind(
    KIND, lambda arguments: _lazy("Scan for duplicates"), page=lambda arguments: PAGE, long=True
)
def run_scan_job(job: Job, progress: Progress) -> None:
    run_scan(progress)


def get_running_scans() -> Any:
    """The scans that wait or run, the newest first."""
    return Job.objects.unfinished().of_kinds(KIND, NIGHTLY).newest_first()


def is_running() -> bool:
    return get_running_scans().exists()


def run_scan(progress: Progress) -> Scan:
    started, begun = timezone.now(), time.monotonic()
    rules, found = DuplicateRules.get_current(), FoundGroups()
    total = sum(model.objects.present().count() for model in (Lead, Contact, Company))
    large = _add_exact_matches(found, rules, progress, total)
    if rules.names:
        _add_similar_names(found, rules, progress, total)
    found.write()
    progress(total, total)
    values: dict[str, Any] = {"started_at": started, "seconds": time.monotonic() - begun}
    values |= {"records": total, "large": large}
    return Scan.objects.update_or_create(pk=Scan.ROW, defaults=values)[0]


def _add_exact_matches(found: FoundGroups, rules: DuplicateRules, progress: Progress, total: int) -> int:
    """Returns how many values too many records share."""
    large = 0
    for place, part in enumerate(PARTS):
        progress(total * place // len(PARTS) // 2, max(total, 1))
        score = rules.get_score(part.reason)
        for nodes in generate_blocks(part) if score else ():
            if nodes is None:
                large += 1
            else:
                found.add(nodes, part.reason, score)
    return large


def _add_similar_names(found: FoundGroups, rules: DuplicateRules, progress: Progress, total: int) -> None:
    """The second half of the progress, in equal parts for the passes."""
    half, read = total // 2, 0
    for place, reading in enumerate(PASSES):
        read = half + half * place // len(PASSES)
        most = half + half * (place + 1) // len(PASSES)
        for pair in generate_similar_pairs(reading, rules.similarity):
            if pair is None:
                read = min(read + PORTION // len(PASSES), most)
                progress(read, total)
            else:
                one, other, similarity = pair
                found.add((one, other), Reason.SIMILAR, rules.get_score(Reason.SIMILAR, similarity))
