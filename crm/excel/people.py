"""Cells that name a person or their department.

A person is written as "Ann Keller <ann@example.com>": readable, and unambiguous when read back.
"""

import re
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Field
from django.utils.translation import gettext as _

from crm.excel.lookups import Named
from crm.excel.widgets import CellWidget, Unknown
from crm.records.folding import plain

ADDRESS = re.compile(r"<([^<>]+)>\s*$")


class DepartmentCell(Named):
    """All departments have a label; only those the user sees can be named."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.departments: Any = field.related_model

    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        self.labels |= dict(self.departments.objects.values_list("pk", "name"))
        for department in self.departments.objects.active().visible_to(user).by_name():
            self.know(department.pk, department.name, [])

    def unknown_words(self):
        return _("“%(name)s” isn’t one of your departments.")


class PersonCell(Named):
    """All people have a name; only colleagues to whom the user may assign records have an address and can be named."""

    def __init__(self, field: Field | None = None) -> None:
        super().__init__()

    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        people = get_user_model()._default_manager
        self.labels |= dict(people.values_list("pk", "name"))
        self.labels |= {row.pk: f"{row.name} <{row.email}>" for row in people.visible_to(user)}
        for row in people.assignable_by(user).by_name():
            self.know(row.pk, self.labels[row.pk], [row.name, row.email])

    def look_up(self, text):
        address = ADDRESS.search(text)
        name = address[1].strip() if address else text
        found = self.ids.get(plain(name), [])
        if len(found) > 1:
            raise Unknown(
                _("%(count)s users are named %(name)s. Enter the user’s email instead.")
                % {"count": len(found), "name": name}
            )
        return found[0] if found else super().look_up(text)

    def unknown_words(self):
        return _("No user with this name in your departments: “%(name)s”.")


class NameOnly(CellWidget):
    """Only a person's name, as in "added by"; never read."""

    def __init__(self, field: Field | None = None) -> None:
        super().__init__()
        self.rendering = self.name_of

    def prepare(self, user, *, day_first=True, decimal="."):
        self.names = dict(get_user_model()._default_manager.values_list("pk", "name"))

    def name_of(self, pk: int | None) -> str:
        return self.names.get(pk, "") if pk else ""
