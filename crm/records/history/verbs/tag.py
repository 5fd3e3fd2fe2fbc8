"""Add tags to records, remove tags."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from crm.models import Tag
from crm.platform.sql.arrays import WithItems, WithoutItems
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.history.verb_execution import Refusal, Verb


def join_tag_names(ids) -> str:
    return ", ".join(name for pk, name in get_labels_by_id(Tag).items() if pk in (ids or []))


@dataclass(frozen=True)
class AddTags(Verb):
    kind = "tag"
    title = _lazy("Add tags")
    icon = "tag"

    tags: tuple[Tag, ...]

    @property
    def ids(self) -> list[int]:
        return sorted(tag.pk for tag in self.tags)

    def get_parameters(self):
        return {"tags": self.ids}

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Add tags: %(tags)s") % {"tags": join_tag_names(parameters.get("tags"))}

    def build_unchanged_condition(self):
        return Q(tags__contains=self.ids)

    def get_refusals(self):
        return [Refusal("tag_retired", ~Q(pk=None))] if any(tag.retired for tag in self.tags) else []

    def get_values(self):
        return {"tags": WithItems("tags", ids=self.ids)}


@dataclass(frozen=True)
class RemoveTags(Verb):
    kind = "untag"
    title = _lazy("Remove tags")
    icon = "tag"

    tags: tuple[Tag, ...]

    @property
    def ids(self) -> list[int]:
        return sorted(tag.pk for tag in self.tags)

    def get_parameters(self):
        return {"tags": self.ids}

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Remove tags: %(tags)s") % {"tags": join_tag_names(parameters.get("tags"))}

    def build_unchanged_condition(self):
        return ~Q(tags__overlap=self.ids)

    def get_values(self):
        return {"tags": WithoutItems("tags", ids=self.ids)}


@dataclass(frozen=True)
class MergeTags(Verb):
    """Replaces these tags with `into` on records that have one of them."""

    kind = "merge_tags"
    changes_settings = True
    on_read_only = on_erased = True
    title = _lazy("Merge tags")
    icon = "tag"

    tags: tuple[Tag, ...]
    into: Tag

    @property
    def ids(self) -> list[int]:
        return sorted(tag.pk for tag in self.tags)

    @classmethod
    def get_right(cls, model):
        return Tag.get_right("delete")

    def get_parameters(self):
        return {"rows": self.ids, "successor": self.into.pk}

    @classmethod
    def get_label(cls, parameters, kind):
        names = {
            "tag": join_tag_names(parameters.get("rows")),
            "into": join_tag_names([parameters.get("successor", 0)]),
        }
        number = len(parameters.get("rows") or [])
        return ngettext("Merge tag %(tag)s into %(into)s", "Merge tags %(tag)s into %(into)s", number) % names

    def build_unchanged_condition(self):
        return ~Q(tags__overlap=self.ids)

    def get_values(self):
        return {"tags": WithItems(WithoutItems("tags", ids=self.ids), ids=[self.into.pk])}
