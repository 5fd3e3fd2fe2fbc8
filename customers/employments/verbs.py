"""What is done with employments: adding one to contacts; editing and removing any number of them."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from crm.records.history.verb_execution import Verb
from customers.models import Employment
from customers.related_items.verbs import AddBetween, EditBetween, RemoveBetween


class AddEmployment(AddBetween, Verb):
    kind = "add_employment"
    title = _("Add an employment")
    between: ClassVar = Employment


class EditEmployment(EditBetween, Verb):
    kind = "edit_employment"
    title = _("Edit an employment")
    between: ClassVar = Employment


class RemoveEmployment(RemoveBetween, Verb):
    kind = "remove_employment"
    title = _("Remove an employment")
    between: ClassVar = Employment
