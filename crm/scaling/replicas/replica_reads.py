"""The ways to read with replicas (crm/platform/database/read_routing.py)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest

from crm.platform.database.read_routing import FromPrimary, ReplicaPlace
from crm.scaling.replicas.export_source import run_on_replica_first
from crm.scaling.replicas.replica_choice import (
    choose_replica_for_call,
    choose_replica_for_page,
    run_on_replica,
)
from crm.scaling.replicas.replica_monitor import get_watch

Outcome = TypeVar("Outcome")


class FromReplicas(FromPrimary):
    def choose_for_page(self, request: HttpRequest, view: Any) -> ReplicaPlace | None:
        return choose_replica_for_page(request, view)

    def choose_for_call(self, request: HttpRequest, token: Any) -> ReplicaPlace | None:
        return choose_replica_for_call(request, token)

    def read(
        self, request: HttpRequest | None, place: ReplicaPlace | None, work: Callable[[], Outcome]
    ) -> Outcome:
        return run_on_replica(request, place, work)

    def read_export(
        self, pk: int, work: Callable[[], Outcome], *, go_on: Callable[[], object], in_job: bool
    ) -> tuple[Outcome, str]:
        return run_on_replica_first(pk, work, go_on=go_on, in_job=in_job)

    def get_states(self) -> dict[str, str]:
        return get_watch().wait_for_first_look().get_states() if settings.REPLICAS else {}
