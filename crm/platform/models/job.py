"""A job: background work that reports its progress, can be canceled and leaves a result."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet):
    def unfinished(self):
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def of_kind_and_user(self, kind: str, user, **arguments):
        """Jobs of this kind and user that were started with these arguments."""
        return self.filter(kind=kind, user=user, arguments__contains=arguments)

    def with_arguments(self, **arguments):
        return self.filter(arguments__contains=arguments)

    def begun(self):
        """Those that have saved a part of their work, of the unfinished ones."""
        return self.filter(operation__isnull=False)

    def about(self, record):
        """Those that carry out an operation or undo it."""
        undo = models.Q(kind="undo", arguments__contains={"operation": record.pk})
        return self.filter(models.Q(operation=record.pk) | models.Q(operation__undoes=record.pk) | undo)

    def of_kinds(self, *kinds: str):
        return self.filter(kind__in=kinds)

    def failed_since(self, at):
        return self.filter(state=Job.State.FAILED, finished_at__gte=at)

    def of_people(self, users):
        return self.filter(user__in=users)

    def finished_before(self, at):
        return self.filter(finished_at__lt=at)

    def running(self):
        return self.filter(state=Job.State.RUNNING)

    def visible_to(self, user):
        """The user's own jobs; an administrator sees all."""
        return self if user.is_administrator else self.filter(user=user)

    def get_last_ended(self, kind: str, **arguments):
        """The last job of this kind with these arguments, if it has ended, wasn't canceled, and its user is still active."""
        found = self.filter(kind=kind, arguments__contains=arguments).select_related("user").order_by("pk")
        job: Any = found.last()
        stopped = job is None or job.unfinished or job.state == Job.State.CANCELLED
        return None if stopped or not job.user.is_active else job

    def newest_first(self):
        return self.order_by("-id")


class Job(models.Model):
    """`done` of `total` steps; `kind` names the function in crm.platform.jobs that does the work, `arguments` are passed to
    it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("canceled")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    operation = models.ForeignKey("crm.Operation", models.SET_NULL, null=True, related_name="jobs")

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["user", "-id"], name="job_user"),
            # Every page of a list asks for running jobs; finished ones are kept.
            models.Index(
                fields=["kind", "started_at"], name="job_running", condition=models.Q(state="running")
            ),
        ]

    @property
    def unfinished(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def can_continue(self) -> bool:
        """Whether it ended between two parts of its operation, and no later job has continued them."""
        record: Any = self.operation
        if self.state not in (self.State.CANCELLED, self.State.FAILED) or not record:
            return False
        return record.can_continue and not record.jobs.filter(pk__gt=self.pk).exists()

    @property
    def seconds(self) -> float | None:
        if not (self.started_at and self.finished_at):
            return None
        return (self.finished_at - self.started_at).total_seconds()
