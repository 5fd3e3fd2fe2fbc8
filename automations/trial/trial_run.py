"""Carrying out a trial: what would have woken an automation, judged over the records as they were then."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from automations.models import Automation, AutomationTrial
from automations.models.automation_trial import build_definition
from automations.running.automation_execution import HOUR
from automations.running.step_plan import NotReady, build_step_verbs, get_conditions
from automations.trial.past_events import MOST, PastEvent, find_past_events
from automations.trial.past_records import Moment, fetch_past_rows, split_into_statements
from crm.models import Job
from crm.platform.jobs import JobProblem, register_job_kind, start_job
from crm.records.history.verb_execution import Verb, build_verdict_case
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import annotate_met

JOB = "automation_trial"
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
    events = find_past_events(trial.automation, viewer, trial.days)
    trial.is_cut, events = len(events) > MOST, events[:MOST]
    done = 0
    progress(0, len(events))
    for part in split_into_statements([event.moment for event in events]):
        judgment.judge(part)
        done += len(part)
        progress(done, len(events))
    trial.woken, trial.unmet, trial.unchanged = len(events), judgment.unmet, judgment.unchanged
    acted = {event.moment.key: event for event in events if event.moment.key in judgment.acted}
    kept = keep_within_limit(acted, trial.automation.most_an_hour)
    trial.over_limit = len(acted) - len(kept)
    trial.acted_records = len({acted[key].moment.record for key in kept})
    trial.acted = [key for key in acted if key in kept]
    trial.refused = [event.moment.key for event in events if event.moment.key in judgment.refused]
    trial.reasons = [[code, number] for code, number in judgment.reasons.most_common()]
    trial.finished_at = timezone.now()
    with transaction.atomic():
        trial.save()


def keep_within_limit(events: Mapping[int, PastEvent], most_an_hour: int) -> set[int]:
    """The keys of those of these events after which the automation would have acted, if it acts on so many records an hour at most: the
    earliest ones, and of one moment those of the records with the lowest ids."""
    if len(events) <= most_an_hour:
        return set(events)
    last: deque[datetime] = deque()
    kept = set()
    for key, event in sorted(events.items(), key=lambda item: (item[1].at, item[1].moment.record)):
        while last and last[0] < event.at - HOUR:
            last.popleft()
        if len(last) < most_an_hour:
            last.append(event.at)
            kept.add(key)
    return kept


@dataclass
class TrialJudgment:
    """What the automation would have done, counted over many moments. `steps` has the verdict of each step by the key of the moment, for those
    in which a step would have changed the record or been refused. Raises JobProblem if the automation can't act as it is."""

    automation: Automation
    acted: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
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
            self._count(moment.key, given)

    def _find_met(self, moments: list[Moment]) -> list[Moment]:
        rows = annotate_met(self.kind.model.objects.present(), self.conditions)
        found = {pk for pk, meets in fetch_past_rows(rows.values_list("pk", "meets"), moments) if meets}
        return [moment for moment in moments if moment.record in found]

    def _fetch_verdicts(self, verb: Verb, moments: list[Moment]) -> dict[int, str]:
        rows = verb.annotate_for_judgment(self.kind.model.objects.present().changeable_by(self.owner))
        rows = rows.annotate(verdict=build_verdict_case(verb, self.kind.model))
        return dict(fetch_past_rows(rows.values_list("pk", "verdict"), moments))

    def _count(self, key: int, verdicts: Iterable[str]) -> None:
        given = list(verdicts)
        self.steps[key] = given
        if "changed" in given:
            self.acted.add(key)
        elif codes := [verdict[1:] for verdict in given if verdict.startswith("!")]:
            self.refused.add(key)
            self.reasons[codes[0]] += 1
        else:
            self.unchanged += 1
