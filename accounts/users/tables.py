"""The list of users for django-tables2."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.records.tables.tables import Column, MomentColumn, RowHead, Table
from crm.templatetags.look import short_date

USERS = ["name", "roles", "departments", "last_login", "state"]


class UserTable(Table):
    labelled = True

    name = RowHead(verbose_name=_lazy("user"))
    roles = Column(verbose_name=_lazy("roles"), orderable=False)
    departments = Column(verbose_name=_lazy("departments"), orderable=False)
    last_login = MomentColumn(verbose_name=_lazy("last sign-in"))
    state = Column(verbose_name=_lazy("state"), orderable=False)

    class Meta:
        model = User
        fields: tuple = ()

    def render_name(self, record):
        return format_html(
            '<span class="person"><span class="avatar" data-hue="{}" aria-hidden="true">{}</span>'
            '<span class="lead"><a href="{}">{}</a><small>{}</small></span></span>',
            record.hue,
            record.initials,
            reverse("user", args=[record.pk]),
            record.name,
            record.email,
        )

    def render_roles(self, record):
        return ", ".join(group.role.label for group in record.groups.all()) or _("none")

    def render_departments(self, record):
        return ", ".join(membership.department.name for membership in record.memberships.all()) or _("none")

    def render_last_login(self, record):
        if record.last_login is None:
            return format_html('<span class="soft">{}</span>', _("never"))
        return format_html(
            '<time datetime="{}">{}</time>', record.last_login.isoformat(), short_date(record.last_login)
        )

    def render_state(self, record):
        if not record.is_active:
            return format_html('<span class="chip">{}</span>', _("inactive"))
        if record.is_invited:
            return format_html('<span class="chip" data-tone="accent">{}</span>', _("invited"))
        return format_html('<span class="soft">{}</span>', _("active"))
