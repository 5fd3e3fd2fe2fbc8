"""The checklist "Set up Leadwell": each app contributes its steps, and the data say which of them are done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise

from crm.models import SetupProgress

# Who sets up Leadwell, and so sees the checklist.
RIGHT = "crm.change_companysettings"
Text = str | Promise


@dataclass(frozen=True)
class SetupPage:
    """A page where a step is done: the name of its URL, the permission that it requires, and the place on it, like "#hours".
    `step` is the name of the step, if another app contributes that."""

    label: Text
    url: str
    permission: str
    place: str = ""
    step: str = ""

    @property
    def path(self) -> str:
        return reverse(self.url) + self.place


@dataclass(frozen=True)
class SetupStep:
    """`is_done` asks the data, in one or two short queries. The first of the `pages` is the usual one; apps above contribute
    others. `confirmation` is a button for those to whom everything suits as it is shipped: it makes the step done too."""

    place: int
    name: str
    title: Text
    text: Text
    pages: Sequence[SetupPage]
    is_done: Callable[[], bool]
    confirmation: Text = ""


@dataclass(frozen=True)
class SetupLine:
    """A step as one user sees it: `pages` are those that they may open. `is_confirmed` says that it is done only because someone has
    confirmed it."""

    step: SetupStep
    pages: Sequence[SetupPage]
    is_done: bool
    is_skipped: bool
    is_confirmed: bool

    @property
    def is_open(self) -> bool:
        return not (self.is_done or self.is_skipped)


# By name.
STEPS: dict[str, SetupStep] = {}


# The pages of other apps' steps.
PAGES: list[SetupPage] = []


def get_setup_lines(user: Any) -> list[SetupLine]:
    """All steps in their order, except those without a page that this user may open."""
    progress = SetupProgress.get_current()
    found = [
        (step, [page for page in _get_pages(step) if user.has_perm(page.permission)])
        for step in sorted(STEPS.values(), key=lambda step: step.place)
    ]
    return [_build_line(step, pages, progress) for step, pages in found if pages]


def _build_line(step: SetupStep, pages: Sequence[SetupPage], progress: SetupProgress) -> SetupLine:
    shown_by_data, confirmed = step.is_done(), step.name in progress.confirmed
    return SetupLine(
        step,
        pages,
        is_done=shown_by_data or confirmed,
        is_skipped=step.name in progress.skipped,
        is_confirmed=confirmed and not shown_by_data,
    )


def _get_pages(step: SetupStep) -> list[SetupPage]:
    return [*step.pages, *(page for page in PAGES if page.step == step.name)]


def get_waiting_setup_lines(user: Any) -> list[SetupLine]:
    """The checklist while it waits for this user: in production, until it is hidden or no step is left."""
    if settings.DEMO or not user.has_perm(RIGHT) or SetupProgress.get_current().hidden:
        return []
    lines = get_setup_lines(user)
    return lines if any(line.is_open for line in lines) else []
