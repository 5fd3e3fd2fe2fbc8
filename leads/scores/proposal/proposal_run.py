"""Counting the past for a proposal: a job, because it reads all closed leads."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.models import Job
from crm.platform.jobs import JobProblem, register_job_kind, start_job
from leads.models import ScoreProposal, ScoreRule
from leads.scores.proposal.candidate_facts import Fact, annotate_values, build_candidates
from leads.scores.proposal.closed_leads import closed_leads_queryset, get_first_days
from leads.scores.proposal.points_from_counts import Outcomes, get_points

JOB = "score_proposal"
# So many ids are counted by one statement, between two looks at whether the job was canceled.
CHUNK = 50_000
Progress = Callable[[int, int], None]


def may_ask(user: User) -> bool:
    return user.has_perm(ScoreRule.get_right("add"))


def start_proposal(user: User) -> Job:
    """Queue the count in place of the user's earlier ones, or return the user's job that already does it."""
    if running := Job.objects.unfinished().of_kind_and_user(JOB, user).first():
        return running
    ScoreProposal.objects.of_reader(user).delete()
    since, quarter = get_first_days()
    proposal = ScoreProposal.objects.create(user=user, since=since, quarter=quarter)
    return start_job(JOB, user, {"proposal": proposal.pk}, long=True)


def get_last_proposal(user: User) -> ScoreProposal | None:
    return ScoreProposal.objects.of_reader(user).newest_first().first()


def get_proposal_job(proposal: ScoreProposal) -> Job | None:
    """The job that counts it, or has."""
    return Job.objects.of_kind_and_user(JOB, proposal.user, proposal=proposal.pk).newest_first().first()


@register_job_kind(
    JOB,
    lambda arguments: gettext_lazy("Proposal of score rules"),
    page=lambda arguments: "/admin/scores/proposal",
    quiet=True,
)
def run_proposal_job(job: Job, progress: Progress) -> None:
    proposal = ScoreProposal.objects.of_reader(job.user).filter(pk=job.arguments["proposal"]).first()
    if proposal is None or not may_ask(job.user):
        raise JobProblem(_("The proposal no longer exists. Ask for a new one."))
    count_proposal(proposal, progress)


def count_proposal(proposal: ScoreProposal, progress: Progress = lambda done, total: None) -> None:
    """Write the counts into the proposal, and nothing else."""
    viewer = User.objects.with_rights().get(pk=proposal.user_id)
    learned = closed_leads_queryset(viewer, proposal.since, proposal.quarter)
    tried = closed_leads_queryset(viewer, proposal.quarter)
    with use_definitions_as_found():
        facts = build_candidates(learned, viewer)
        whole, having = _count_facts(learned, facts, progress)
    found = [
        (fact, own, get_points(own, whole.without(own))) for fact, own in zip(facts, having, strict=True)
    ]
    told = sorted((one for one in found if one[2]), key=lambda one: -abs(one[2]))
    (proposal.won, proposal.lost), proposal.compared = whole, len(facts)
    proposal.facts = [
        {"counts": fact.counts, "conditions": fact.conditions, "won": own.won, "lost": own.lost}
        for fact, own, _points in told
    ]
    proposal.scores = {
        "proposed": _count_by_points(tried, {fact: points for fact, _own, points in told}),
        "present": _count_by_sum(tried.annotate(sum=F("score"))),
    }
    proposal.finished_at = timezone.now()
    proposal.save()


def _count_facts(rows: Any, facts: list[Fact], progress: Progress) -> tuple[Outcomes, list[Outcomes]]:
    """How many of the rows were won and lost, and how many of those that have each fact."""
    counts = {f"fact_{place}": Count("pk", filter=_is_met(fact)) for place, fact in enumerate(facts)}
    totals: dict[bool, dict[str, int]] = {True: defaultdict(int), False: defaultdict(int)}
    for part in _split_by_id(rows, progress):
        for line in annotate_values(part, facts).values("is_won").annotate(number=Count("pk"), **counts):
            own = totals[line.pop("is_won")]
            for name, number in line.items():
                own[name] += number
    whole = Outcomes(totals[True]["number"], totals[False]["number"])
    return whole, [Outcomes(totals[True][name], totals[False][name]) for name in counts]


def _is_met(fact: Fact) -> Any:
    return Case(When(fact.build_met_expression(), then=Value(True)), default=Value(False))


def _split_by_id(rows: Any, progress: Progress) -> Iterator[Any]:
    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    first, last = ends["first"] or 0, ends["last"] or -1
    for start in range(first, last + 1, CHUNK):
        progress(start - first, last - first + 1)
        yield rows.filter(pk__gte=start, pk__lt=start + CHUNK)


def _count_by_points(rows: Any, points: dict[Fact, int]) -> list[list[int]]:
    """As `ScoreProposal.scores`, if each fact gives a lead its points once."""
    given = [
        Case(When(fact.build_met_expression(), then=Value(number)), default=Value(0))
        for fact, number in points.items()
    ]
    total: Any = reduce(add, given, Value(0, output_field=IntegerField()))
    return _count_by_sum(annotate_values(rows, points).annotate(sum=total))


def _count_by_sum(rows: Any) -> list[list[int]]:
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for points, is_won, number in rows.values_list("sum", "is_won").annotate(number=Count("pk")):
        found[points][0 if is_won else 1] += number
    return [[points, *counts] for points, counts in sorted(found.items())]
