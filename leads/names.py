"""The names behind ids, for words and timelines; each small table is read once a page."""

from accounts.models import Department, User
from crm.once import once
from leads.models import Lead, LostReason, Pipeline, Source, Status, Tag


def field_label(name: str) -> str:
    """The label of a field of leads as it stands on its model, within a sentence."""
    return str(Lead._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def field_labels(names: list[str]) -> str:
    """ "e-mail, phone": the labels of several fields."""
    return ", ".join(map(field_label, names))


def statuses() -> dict[int, Status]:
    return once(
        "statuses", lambda: {row.pk: row for row in Status.objects.in_order().select_related("pipeline")}
    )


def sources() -> dict[int, Source]:
    return once("sources", Source.objects.in_bulk)


def reasons() -> dict[int, LostReason]:
    return once("lost reasons", LostReason.objects.in_order().in_bulk)


def tags() -> dict[int, str]:
    return once("tags", lambda: dict(Tag.objects.by_name().values_list("pk", "name")))


def pipelines() -> dict[int, Pipeline]:
    return once("pipelines", Pipeline.objects.in_order().in_bulk)


def several_pipelines() -> bool:
    """Whether pipelines are spoken of at all: with one in use nothing of them shows."""
    return sum(not row.retired for row in pipelines().values()) > 1


def departments() -> dict[int, str]:
    return once("departments", lambda: dict(Department.objects.values_list("pk", "name")))


def users() -> dict[int, str]:
    return once("users", lambda: dict(User.objects.values_list("pk", "name")))


def users_seen_by(viewer) -> dict[int, str]:
    """Only colleagues that the viewer may know by name."""
    return once(
        f"users of {viewer.pk}", lambda: dict(User.objects.visible_to(viewer).values_list("pk", "name"))
    )


def departments_seen_by(viewer) -> dict[int, str]:
    return once(
        f"departments of {viewer.pk}",
        lambda: dict(Department.objects.visible_to(viewer).values_list("pk", "name")),
    )


def parameters_seen_by(viewer, parameters: dict) -> dict:
    """The parameters of somebody's operation; people and departments that the viewer does not see have no name."""
    known = {"owner": users_seen_by, "user": users_seen_by, "department": departments_seen_by}
    named = [name for name in known if parameters.get(name)] if not viewer.sees_everything else []
    hidden = [name for name in named if parameters[name] not in known[name](viewer)]
    return parameters | dict.fromkeys(hidden, 0)
