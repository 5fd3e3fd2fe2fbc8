"""A template: a text that users start notes or emails with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.platform.models.retirable import Retirable, RetirableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.work.models.activity import LONGEST_SUBJECT, LONGEST_TEXT


class TemplateQuerySet(RetirableQuerySet):
    def visible_to(self, user):
        """The user's own templates and the shared ones."""
        return self.filter(Q(owner=None) | Q(owner=user.pk))

    def changeable_by(self, user):
        shared = Q(owner=None) if user.has_perm(Template.get_right("change")) else Q(pk__in=[])
        return self.filter(Q(owner=user.pk) | shared)

    def of_type(self, name: str):
        return self.filter(type=name)

    def by_name(self):
        return self.order_by(Lower("name"), "id")


class Template(Retirable):
    """Without an owner, it is shared with everyone. The text is Markdown with merge fields (crm/work/templates/merge_fields.py)."""

    class Type(models.TextChoices):
        NOTE = "note", _("note")
        EMAIL = "email", pgettext_lazy("an activity", "email")

    table = "template"
    undo = UndoRules()

    name = models.CharField(_("name"), max_length=80)
    type = models.CharField(pgettext_lazy("of a template", "for"), max_length=10, choices=Type)
    subject = models.CharField(
        _("subject"), max_length=LONGEST_SUBJECT, blank=True, help_text=_("Only emails have a subject.")
    )
    text = models.TextField(pgettext_lazy("of an activity", "text"), max_length=LONGEST_TEXT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        triggers = build_change_triggers("template")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None
