"""Who can get leads by a rule now: active members of departments who can view leads, as far as the rule names their roles or them, by
capacity and working time; and whose turn it is."""

from collections.abc import Iterable
from datetime import date
from heapq import heapify, heappop, heapreplace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import HeldRole, Membership, User
from accounts.working_time.calendar import Absences, Calendars
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from leads.models import AssignmentRule, Lead

Rule = AssignmentRule


class RulePeople:
    """The users of some rules, read at once, and how many open leads each has; those given here are counted too.

    `usual` is for previews of past leads: capacity and working time are ignored.
    """

    def __init__(self, rules: Iterable[Rule], *, usual: bool) -> None:
        self.rules, self.usual = list(rules), usual
        self.users: dict[int, Any] = {user.pk: user for user in _get_assignable_users(self.rules)}
        self.open: dict[int, int] = dict.fromkeys(self.users, 0)
        if any(rule.needs_open_counts for rule in self.rules):
            self.open |= _count_open_leads_by_user(list(self.users))
        if not usual and any(rule.present for rule in self.rules):
            self.now = timezone.now()
            self.calendars = Calendars()
            self.absences: dict[date, Absences] = {}

    def get_candidates(self, rule: Rule) -> list[int]:
        """Those who are at work, if the rule asks for that; their capacity isn't looked at yet."""
        if rule.assigns_to == Rule.To.USER:
            users = [rule.user_id] if rule.user_id in self.users else []
        else:
            users = [pk for pk, user in self.users.items() if takes_part(rule, user)]
        return sorted(
            pk for pk in users if self.usual or not rule.present or self._is_at_work(rule, self.users[pk])
        )

    def has_room(self, rule: Rule, user: int) -> bool:
        return self.usual or rule.most_open is None or self.open[user] < rule.most_open

    def get_department(self, rule: Rule, user: int) -> int:
        """The department of a lead whose own one the user isn't in: that of the rule, or else their first."""
        theirs = self.users[user].member_of
        return next((pk for pk in theirs if pk == rule.department_id), theirs[0])

    def _is_at_work(self, rule: Rule, user: Any) -> bool:
        calendar = self.calendars.get_for_department(user.member_of[0], user.zone)
        today = self.now.astimezone(user.zone).date()
        if today not in self.absences:
            self.absences[today] = Absences(today)
        if self.absences[today].is_away(user.pk):
            return False
        return (
            calendar.is_working_day(today) if rule.present == Rule.Present.DAY else calendar.is_open(self.now)
        )


def takes_part(rule: Rule, user: Any) -> bool:
    """Whether a rule for a department is for this member of some departments."""
    if rule.department_id not in user.member_of or not user.views_leads:
        return False
    if not rule.is_narrowed or user.pk in rule.people:
        return True
    return bool(rule.roles) and not set(rule.roles).isdisjoint(user.held_roles)


class RuleTurn:
    """Who gets the next lead of a rule; `last` is the user who got the last one."""

    def __init__(self, rule: Rule, people: RulePeople, last: int | None) -> None:
        self.rule, self.people = rule, people
        users = people.get_candidates(rule)
        # Those after the last one come first.
        self.order = [pk for pk in users if pk > (last or 0)] + [pk for pk in users if pk <= (last or 0)]
        self.place, self.last = 0, last
        self.heap = [(people.open[pk], place, pk) for place, pk in enumerate(self.order)]
        heapify(self.heap)

    def take_next(self) -> int | None:
        """The user, or None if no one is available. The lead counts as theirs from now on."""
        user = (
            self._get_user_with_fewest()
            if self.rule.assigns_to == Rule.To.FEWEST
            else self._take_next_in_turn()
        )
        if user is not None:
            self.people.open[user] += 1
            self.last = user
        return user

    def _take_next_in_turn(self) -> int | None:
        while self.order:
            self.place %= len(self.order)
            user = self.order[self.place]
            if self.people.has_room(self.rule, user):
                self.place += 1
                return user
            # Full until the end of this run.
            del self.order[self.place]
        return None

    def _get_user_with_fewest(self) -> int | None:
        while self.heap:
            count, place, user = self.heap[0]
            if count != self.people.open[user]:
                # Another rule, or the last turn of this one, gave them leads.
                heapreplace(self.heap, (self.people.open[user], place, user))
            elif self.people.has_room(self.rule, user):
                return user
            else:
                heappop(self.heap)
        return None


def _get_assignable_users(rules: list[Rule]) -> list[User]:
    """The active users with a department in use whom the rules name, with the IDs of those departments in order."""
    departments = {rule.department_id for rule in rules if rule.assigns_to != Rule.To.USER}
    single = {rule.user_id for rule in rules if rule.assigns_to == Rule.To.USER}
    return get_records_compiled_once(_rule_people_queryset, [], _sort_ids(departments), _sort_ids(single))


def _build_views_leads_condition() -> Exists:
    permission = {"codename": "view_lead", "content_type__app_label": Lead._meta.app_label}
    granted = {f"group__permissions__{name}": value for name, value in permission.items()}
    return Exists(HeldRole.objects.filter(user=OuterRef("pk"), **granted))


def _sort_ids(ids: Iterable[int | None]) -> tuple[int, ...]:
    return tuple(sorted(pk for pk in ids if pk))


def _rule_people_queryset(_ids: list[int], departments: tuple[int, ...], single: tuple[int, ...]) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    own = Membership.objects.filter(user=OuterRef("pk"), department__retired=False)
    named = Q(pk__in=single) | Q(Exists(own.filter(department__in=departments)))
    users = User.objects.active().filter(named, Exists(own)).order_by("pk")
    firsts = own.order_by("position", "id").values("department")
    roles = HeldRole.objects.filter(user=OuterRef("pk")).values("group")
    return users.only("name", "time_zone").annotate(
        member_of=ArraySubquery(firsts),
        held_roles=ArraySubquery(roles),
        views_leads=_build_views_leads_condition(),
    )


def _count_open_leads_by_user(users: list[int]) -> dict[int, int]:
    rows = Lead.objects.present().open().filter(owner__in=users).order_by()
    return dict(rows.values("owner").annotate(number=Count("pk")).values_list("owner", "number"))
