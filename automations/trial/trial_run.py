"""Carrying out a trial: the recorded changes that would have woken an automation, judged over the records as they were then."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from automations.definition.trigger_types import build_record_expression, waking_changes_queryset
from automations.models import Automation, AutomationTrial
from automations.models.automation_trial import build_definition
from automations.running.automation_execution import HOUR
from automations.running.step_plan import NotReady, build_step_verbs, get_conditions
from automations.trial.past_records import Moment, fetch_past_rows, split_into_statements
from crm.models import Change, Job
from crm.platform.jobs import JobProblem, register_job_kind, start_job
from crm.records.history.verb_execution import Verb, build_verdict_case
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import annotate_met

JOB = "automation_trial"
# A trial looks at so many changes at most, the newest ones.
MOST = 200_000
# The reason code of records that the owner of the automation couldn't have changed.
OF_OWNER = "owner_may_not"


def _get_trial_url(arguments: dict) -> str:
    return f"/admin/automations/{arguments.get('automation', 0)}/trial"


def start_trial(automation: Automation, user: User, days: int) -> Job:
    """Queue a trial in place of the user's earlier ones of this automation."""
    AutomationTrial.objects.of_reader(automation, user).delete()
    trial = AutomationTrial.objects.create(
        automation=automation, user=user, days=days, definition=build_definition(automation)
    )
    return start_job(JOB, user, {"trial": trial.pk, "automation": automation.pk}, long=days > 90)


def get_last_trial(automation: Automation, user: User) -> AutomationTrial | None:
    """The user's own: others may see other records."""
    rows = AutomationTrial.objects.of_reader(automation, user).select_related("automation", "user")
    return rows.newest_first().first()


def get_trial_job(trial: AutomationTrial) -> Job | None:
    """The job that carries it out, or has."""
    return Job.objects.of_kind_and_user(JOB, trial.user, trial=trial.pk).newest_first().first()


@register_job_kind(
    JOB, lambda arguments: gettext_lazy("Trial of an automation"), page=_get_trial_url, quiet=True
)
def run_trial_job(job: Job, progress: Callable[[int, int], None]) -> None:
    found = AutomationTrial.objects.filter(pk=job.arguments["trial"], user=job.user)
    trial = found.select_related("automation").first()
    if trial is None or not job.user.has_perm(Automation.get_right("view")):
        raise JobProblem(_("The automation has been tried again since, or no longer exists."))
    run_trial(trial, progress)


def run_trial(
    trial: AutomationTrial, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Write the result into the trial, and nothing else. Raises JobProblem if the automation can't act as it is."""
    judgment = TrialJudgment(trial.automation)
    viewer = User.objects.with_rights().get(pk=trial.user_id)
    moments = find_moments(trial.automation, viewer, trial.days)
    trial.is_cut, moments = len(moments) > MOST, moments[:MOST]
    done = 0
    progress(0, len(moments))
    for part in split_into_statements(moments):
        judgment.judge(part)
        done += len(part)
        progress(done, len(moments))
    trial.woken, trial.unmet, trial.unchanged = len(moments), judgment.unmet, judgment.unchanged
    records = {moment.change: moment.record for moment in moments}
    acted = keep_within_limit(judgment.acted, records, trial.automation.most_an_hour)
    trial.over_limit = len(judgment.acted) - len(acted)
    trial.acted_records = len({records[change] for change in acted})
    trial.acted = sorted(acted, reverse=True)
    trial.refused = sorted(judgment.refused, reverse=True)
    trial.reasons = [[code, number] for code, number in judgment.reasons.most_common()]
    trial.finished_at = timezone.now()
    with transaction.atomic():
        trial.save()


def find_moments(automation: Automation, viewer: User, days: int) -> list[Moment]:
    """When the automation would have been woken, the newest first: once for each operation and record that the viewer sees."""
    changes = Change.objects.filter(at__gte=timezone.now() - timedelta(days=days), operation__isnull=False)
    seen = KINDS[automation.table_of].model.objects.visible_to(viewer).order_by().values("pk")
    woken = waking_changes_queryset(automation, changes).annotate(record=build_record_expression(automation))
    rows = woken.filter(record__in=seen).order_by("-pk")
    found: dict[tuple[int, int], Moment] = {}
    for row, pk, operation in rows.values_list("record", "pk", "operation")[: MOST + 1]:
        found.setdefault((row, operation), Moment(row, pk, operation))
    return list(found.values())


def keep_within_limit(changes: Sequence[int], records: Mapping[int, int], most_an_hour: int) -> list[int]:
    """Those of these changes after which the automation would have acted, if it acts on so many records an hour at most: the
    earliest ones, and of one moment those of the records with the lowest ids."""
    if len(changes) <= most_an_hour:
        return list(changes)
    rows = Change.objects.filter(pk__any=list(changes)).values_list("at", "pk")
    last: deque[datetime] = deque()
    kept = []
    for at, pk in sorted(rows, key=lambda row: (row[0], records[row[1]])):
        while last and last[0] < at - HOUR:
            last.popleft()
        if len(last) < most_an_hour:
            last.append(at)
            kept.append(pk)
    return kept


@dataclass
class TrialJudgment:
    """What the automation would have done, counted over many moments. `steps` has the verdict of each step by change, for those
    in which a step would have changed the record or been refused. Raises JobProblem if the automation can't act as it is."""

    automation: Automation
    acted: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    steps: dict[int, list[str]] = field(default_factory=dict)
    unmet: int = 0
    unchanged: int = 0

    def __post_init__(self) -> None:
        self.kind = KINDS[self.automation.table_of]
        self.owner = User.objects.with_rights().get(pk=self.automation.owner_id)
        try:
            self.conditions = get_conditions(self.automation)
            self.verbs = build_step_verbs(self.automation, self.owner)
        except NotReady as problem:
            raise JobProblem(f"{Automation.OffReason(problem.reason).label} {problem}".strip()) from problem

    def judge(self, moments: list[Moment]) -> None:
        """Count what would have happened at these moments, in each of which another record is concerned."""
        met = self._find_met(moments)
        self.unmet += len(moments) - len(met)
        verdicts = [self._fetch_verdicts(verb, met) for verb in self.verbs] if met else []
        for moment in met:
            given = [found.get(moment.record, f"!{OF_OWNER}") for found in verdicts]
            self._count(moment.change, given)

    def _find_met(self, moments: list[Moment]) -> list[Moment]:
        rows = annotate_met(self.kind.model.objects.present(), self.conditions)
        found = {pk for pk, meets in fetch_past_rows(rows.values_list("pk", "meets"), moments) if meets}
        return [moment for moment in moments if moment.record in found]

    def _fetch_verdicts(self, verb: Verb, moments: list[Moment]) -> dict[int, str]:
        rows = verb.annotate_for_judgment(self.kind.model.objects.present().changeable_by(self.owner))
        rows = rows.annotate(verdict=build_verdict_case(verb, self.kind.model))
        return dict(fetch_past_rows(rows.values_list("pk", "verdict"), moments))

    def _count(self, change: int, verdicts: Iterable[str]) -> None:
        given = list(verdicts)
        self.steps[change] = given
        if "changed" in given:
            self.acted.append(change)
        elif codes := [verdict[1:] for verdict in given if verdict.startswith("!")]:
            self.refused.append(change)
            self.reasons[codes[0]] += 1
        else:
            self.unchanged += 1
