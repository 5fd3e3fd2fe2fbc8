"""What the page of a queue shows: one lead with its reasons and outcomes, the next ones, and the progress of the day."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.audit.viewing_entries import record_view
from crm.platform.sql.cache_keys import Reader, ValueOfRequest
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.records.listing.record_list import get_records_for_page
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.tasks.task_origins import get_task_origins
from leads.kind import LEAD
from leads.models import Lead, QueueRules, QueueStep
from leads.queue.forms import OutcomeForm
from leads.queue.lead_claims import get_held_lead
from leads.queue.lead_state import get_state_mark
from leads.queue.line_rendering import render_next_lines, render_outcome_buttons, render_weights
from leads.queue.outcomes import QueueOutcome, get_outcome_label, get_outcomes
from leads.queue.priority_reasons import QueuePlace
from leads.queue.waiting_leads import get_local_today, get_unassigned_leads, get_waiting_leads

# How many of the next leads are named, and how many earlier activities and open tasks of the current one.
NEXT, BEFORE, TASKS = 10, 3, 5


# The queries of one lead and of one user's day, which are kept (crm/platform/sql/compiled_querysets.py).


def _tasks_queryset(_ids: list[int], lead: int) -> Any:
    return Task.objects.present().open().of_record(Lead.table, lead).with_people().in_order()[:TASKS]


def _earlier_activities_queryset(_ids: list[int], lead: int, viewer: Reader) -> Any:
    rows = Activity.objects.present().not_private_to_others(viewer).of_record(Lead.table, lead)
    return rows.with_author().newest_first()[:BEFORE]


def _steps_queryset(_ids: list[int], person: int, day: date) -> Any:
    return QueueStep.objects.of_user(person).on_day(day).newest_first()


@dataclass
class QueuePage:
    """`chosen` is the lead to show, if it isn't the first one. `form` and `asked` are what was submitted and what is asked
    for in return; `notice` says why nothing was saved."""

    person: User
    viewer: User
    chosen: int | None = None
    form: Any = None
    asked: Any = None
    outcome: QueueOutcome | None = None
    notice: str = ""

    def __post_init__(self) -> None:
        self.form = self.form or OutcomeForm(user=self.viewer)

    @cached_property
    def rules(self) -> QueueRules:
        return QueueRules.get_current()

    @property
    def is_own(self) -> bool:
        return self.person.pk == self.viewer.pk

    @cached_property
    def places(self) -> list[QueuePlace]:
        return get_waiting_leads(self.person, self.rules, viewer=self.viewer)

    @cached_property
    def waiting(self) -> int:
        return len(self.places) + (self.held_lead_id is not None)

    @cached_property
    def held_lead_id(self) -> int | None:
        """The unassigned lead that the user was given last. It comes first, because they are working on it."""
        return get_held_lead(self.person) if self.is_own else None

    @cached_property
    def unassigned(self) -> list[QueuePlace]:
        """They come after the user's own leads."""
        return get_unassigned_leads(self.person, self.rules) if self.is_own and not self.waiting else []

    @cached_property
    def _first(self) -> int | None:
        """The lead that is shown: the chosen one if it is in the queue or has just been submitted."""
        known = {place.lead for place in self.places} | {self.held_lead_id}
        if self.chosen and (self.chosen in known or self.notice or self.form.is_bound):
            return self.chosen
        return self.held_lead_id or (self.places[0].lead if self.places else None)

    @cached_property
    def lead(self) -> Any:
        found = get_records_for_page(
            LEAD, [self._first or 0], seen_by=self.viewer, viewer=self.viewer, whole=True
        )
        if found:
            record_view(LEAD.name, found[0].pk)
        return found[0] if found else None

    @cached_property
    def lead_place(self) -> QueuePlace | None:
        """Its reasons. An unassigned lead has some too."""
        if self._first == self.held_lead_id and self.held_lead_id:
            return next(
                (
                    one
                    for one in get_unassigned_leads(self.person, self.rules)
                    if one.lead == self.held_lead_id
                ),
                None,
            )
        return next((one for one in self.places if one.lead == self._first), None)

    @property
    def may_decide(self) -> bool:
        """Whether outcomes are offered: for the user's own queue only, and not for a lead that is no longer in it."""
        if not self.is_own or self.lead is None or not self.viewer.has_perm("leads.change_lead"):
            return False
        return self._first in {*self._open, self.held_lead_id}

    @property
    def _open(self) -> set[int]:
        return {place.lead for place in self.places}

    @cached_property
    def outcomes(self) -> list[QueueOutcome]:
        return get_outcomes(self.lead, self.rules)

    @cached_property
    def state_mark(self) -> str:
        return get_state_mark(self.lead)

    @cached_property
    def tasks(self) -> list[tuple[Task, str]]:
        """The open tasks of the lead, the earliest first, each with what added it, in words or ''."""
        tasks = get_records_compiled_once(_tasks_queryset, [], ValueOfRequest(self.lead.pk))
        origins = get_task_origins(tasks)
        return [(task, origins.get(task.pk, "")) for task in tasks]

    @cached_property
    def earlier_activities(self) -> list[Activity]:
        return get_records_compiled_once(
            _earlier_activities_queryset, [], ValueOfRequest(self.lead.pk), Reader.from_user(self.viewer)
        )

    @cached_property
    def unanswered_meeting(self) -> Activity | None:
        """The newest of the earlier activities that is a meeting of which no one has said whether it took place, if the viewer may."""
        found = next((row for row in self.earlier_activities if row.is_unanswered), None)
        return found if found and Activity.scope.may_change(found, self.viewer) else None

    @cached_property
    def next_leads(self) -> list[tuple[QueuePlace, Any]]:
        others = [place for place in self.places if place.lead != self._first][:NEXT]
        rows = get_records_for_page(
            LEAD, [place.lead for place in others], ["next_action"], viewer=self.viewer
        )
        records = {row.pk: row for row in rows}
        return [(place, records[place.lead]) for place in others if place.lead in records]

    @property
    def next_lines(self) -> SafeString:
        return render_next_lines(self.next_leads, is_own=self.is_own)

    @property
    def buttons(self) -> SafeString:
        return render_outcome_buttons(self.outcomes)

    @property
    def weights(self) -> SafeString:
        return render_weights(self.rules)

    @property
    def count_after_this(self) -> int:
        return max(self.waiting - (self.lead is not None), 0)

    @cached_property
    def steps(self) -> list[QueueStep]:
        """What the user has done today, the newest first."""
        return get_records_compiled_once(
            _steps_queryset, [], ValueOfRequest(self.person.pk), get_local_today(self.person)
        )

    @property
    def done(self) -> int:
        return sum(not step.is_skip for step in self.steps)

    @property
    def total(self) -> int:
        return self.done + self.waiting

    @property
    def skipped(self) -> int:
        now = timezone.now()
        return len({step.lead for step in self.steps if step.is_skip and step.until > now})

    @cached_property
    def last_step(self) -> dict[str, Any] | None:
        """The last step in words and its lead, to undo it."""
        if not self.steps or not self.is_own:
            return None
        step = self.steps[0]
        lead = Lead.objects.visible_to(self.viewer).filter(pk=step.lead).first()
        words = _("Skipped") if step.is_skip else get_outcome_label(step.outcome)
        return (
            {"step": step, "lead": lead, "words": words, "stays": self._find_returning_task(step)}
            if lead
            else None
        )

    def _find_returning_task(self, step: QueueStep) -> Task | None:
        """The task of today with which the lead of this step comes back into the queue."""
        back = step.until.astimezone(self.person.zone)
        if back <= timezone.now() or back.date() > get_local_today(self.person):
            return None
        tasks = Task.objects.present().open().for_user(self.person).of_record(Lead.table, step.lead)
        return tasks.due_at(back).in_order().first()
