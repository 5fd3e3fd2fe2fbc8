"""Cells that name a person or their department.

A person is written as "Ann Keller <ann@example.com>": readable, and unambiguous when read back.
"""

import re
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Field
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.widgets.lookup_widgets import LabelCell
from crm.fields.widgets.value_widgets import CellWidget, UnknownName
from crm.platform.text.text_folding import fold_text

# HubSpot writes "Ann Keller (ann@example.com)".
ADDRESS = re.compile(r"[<(](?P<email>(?<=<)[^<>]+(?=>)|[^<>()\s]+@[^<>()\s]+(?=\)))[>)]\s*$")


def get_name_or_email(text: str) -> str:
    """The email behind a name, else the text itself."""
    address = ADDRESS.search(text)
    return address["email"].strip() if address else text


class DepartmentCell(LabelCell):
    """All departments have a label; only those the user sees can be named."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.departments: Any = field.related_model

    def prepare(self, user, **keywords):
        super().prepare(user)
        self.labels |= dict(self.departments.objects.values_list("pk", "name"))
        for department in self.departments.objects.active().visible_to(user).by_name():
            self.add_label(department.pk, department.name, [])

    def get_unknown_sentence(self):
        return _("“%(name)s” isn’t one of your departments.")


class PersonCell(LabelCell):
    """All people have a name; only colleagues to whom the user may assign records have an address and can be named."""

    # Whoever reads the cells, once they are prepared.
    user: Any = None

    def __init__(self, field: Field | None = None) -> None:
        super().__init__()

    def prepare(self, user, **keywords):
        super().prepare(user)
        people = get_user_model()._default_manager
        self.labels |= dict(people.values_list("pk", "name"))
        self.labels |= {row.pk: f"{row.name} <{row.email}>" for row in people.visible_to(user)}
        for row in people.assignable_by(user).by_name():
            self.add_label(row.pk, self.labels[row.pk], [row.name, row.email])
        self.user = user

    @cached_property
    def people_elsewhere(self) -> set[str]:
        """The folded names and addresses of the users in departments that the user doesn't see; asked for only if a cell names
        someone unknown."""
        people = get_user_model()._default_manager
        if self.user is None:
            return set()
        others = people.active().exclude(pk__in=people.visible_to(self.user).values("pk"))
        return {fold_text(text) for names in others.values_list("name", "email") for text in names if text}

    def get_value_by_label(self, text):
        name = get_name_or_email(text)
        found = self.ids.get(fold_text(name), [])
        if len(found) > 1:
            raise UnknownName(
                ngettext(
                    "%(count)s user is named %(name)s. Enter the user’s email instead.",
                    "%(count)s users are named %(name)s. Enter the user’s email instead.",
                    len(found),
                )
                % {"count": len(found), "name": name}
            )
        if not found and self.is_elsewhere(text):
            raise UnknownName(_("%(name)s is in another department.") % {"name": text})
        return found[0] if found else super().get_value_by_label(text)

    def is_elsewhere(self, text: str) -> bool:
        """Whether it names a colleague to whom the user can't assign records."""
        return fold_text(get_name_or_email(text)) in self.people_elsewhere

    def get_unknown_sentence(self):
        return _("No user with this name in your departments: “%(name)s”.")


class NameOnly(CellWidget):
    """Only a person's name, as in "added by"; never read."""

    def __init__(self, field: Field | None = None) -> None:
        super().__init__()
        self.rendering = self.get_name

    def prepare(self, user, **keywords):
        self.names = dict(get_user_model()._default_manager.values_list("pk", "name"))

    def get_name(self, pk: int | None) -> str:
        return self.names.get(pk, "") if pk else ""
