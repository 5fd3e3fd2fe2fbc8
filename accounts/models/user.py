"""A user: signs in by email, belongs to departments, has roles, and chooses how the product looks."""

import zoneinfo
from datetime import datetime, time, timedelta
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.department import Department, Membership
from accounts.models.role_membership import HeldRole
from accounts.roles.permission_names import get_permission_names
from accounts.roles.permissions import add_narrower_scopes, ungrantable_permissions_queryset
from crm.platform.configuration.company import COMPANY_SQL, get_company_zone
from crm.platform.configuration.environment import LANGUAGES
from crm.platform.configuration.time_zones import time_zones
from crm.platform.web.transactions import STAMP

# Minutes before a task that its reminder comes.
REMINDER_TIMES = [
    (0, _("when it is due")),
    (5, _("5 minutes before")),
    (15, _("15 minutes before")),
    (30, _("30 minutes before")),
    (60, _("1 hour before")),
    (24 * 60, _("1 day before")),
]


# How long the link of an invitation works.
INVITATION_LASTS = timedelta(days=7)

ON_EACH_DEVICE = _("On each device that you turned on, as listed below.")
SIGNATURE = _("Added below the emails that you write to leads and companies.")


def fold_email(text: str) -> str:
    """The form in which user emails are stored and looked up."""
    return text.strip().casefold()


def guess_name(email: str) -> str:
    """An initial name: "Ana Pop" for ana.pop@example.com. Users can change it in their profile."""
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").split()
    return " ".join(word.capitalize() for word in words)


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def inactive(self):
        return self.filter(is_active=False)

    def of_ids(self, ids):
        return self.filter(pk__in=ids)

    def invited(self):
        """Those who were sent an invitation and have never signed in. Its link may have expired."""
        return self.filter(
            password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None, link_sent_at__isnull=False
        )

    def latest_invited_first(self):
        """Those who were invited together are in alphabetical order."""
        return self.order_by("-link_sent_at", models.Func("name", function="leadwell_fold"), "id")

    def by_name(self):
        """In alphabetical order for people, whatever the collation of the server (crm/platform/sql/functions.py)."""
        return self.order_by(models.Func("name", function="leadwell_fold"), "id")

    def with_rights(self):
        """Includes departments and permissions: everything that a request needs from its user, in one query."""
        user = OuterRef("pk")
        roles = HeldRole.objects.filter(user=OuterRef(user)).values("group")
        permissions = Group.permissions.through.objects.filter(group__in=roles).values("permission")
        departments = Membership.objects.filter(user=user).order_by("position", "id").values("department")
        every = Department.objects.order_by("id").values("pk")
        return self.annotate(
            permission_ids=ArraySubquery(permissions),
            member_of=ArraySubquery(departments),
            every_department=ArraySubquery(every),
            held_roles=ArraySubquery(HeldRole.objects.filter(user=user).order_by("group").values("group")),
            custom_fields_stamp=RawSQL(STAMP, []),  # noqa: S611 - a constant
            company_settings=RawSQL(COMPANY_SQL, [], models.JSONField()),  # noqa: S611 - a constant
        )

    def administrators(self):
        return self.active().filter(groups__role__key="administrator")

    def count_by_role(self) -> dict[int, int]:
        """How many users have each role, by its ID."""
        counted = self.order_by().values("groups").annotate(number=models.Count("pk"))
        return dict(counted.values_list("groups", "number"))

    def with_email(self, email: str):
        return self.filter(email=fold_email(email))

    def holding(self, role):
        return self.filter(groups=role.pk)

    def in_departments(self, ids):
        return self.filter(Exists(Membership.objects.filter(user=OuterRef("pk"), department__in=ids)))

    def visible_to(self, user):
        """Colleagues: all for users who see all leads, else themselves and the members of their departments."""
        if user.has_perm("accounts.see_all"):
            return self
        return self.filter(
            models.Q(pk=user.pk)
            | Exists(Membership.objects.filter(user=OuterRef("pk"), department__in=user.department_ids))
        )

    def assignable_by(self, user):
        """The users to whom this user may assign leads: active colleagues they can see, with a department."""
        return self.active().visible_to(user).filter(Exists(Membership.objects.filter(user=OuterRef("pk"))))

    def assignable_by_or(self, user, pk: int | None):
        """The same, and the one who is already chosen."""
        chosen = self.assignable_by(user).values("pk")
        return self.filter(models.Q(pk__in=chosen) | models.Q(pk=pk or 0))

    def possible_heirs_or(self, pk: int | None):
        """Those who can take over the records of others, and the one who is already chosen."""
        possible = self.active().exclude(departments=None).values("pk")
        return self.filter(models.Q(pk__in=possible) | models.Q(pk=pk or 0))

    def get_next_hue(self) -> int:
        """A color for the next user, unlike the last ones; one of the 36 steps."""
        return self.count() * 130 % 360

    def with_names(self):
        """Includes roles and departments, for screens that show their names."""
        return self.prefetch_related("memberships__department", "groups__role")

    def changeable_by(self, user):
        """The users this user may edit, deactivate, or send a link to: only those who don't have or see more than they
        do."""
        found = self.visible_to(user).exclude(groups__permissions__in=ungrantable_permissions_queryset(user))
        if user.sees_everything:
            return found
        return found.exclude(
            Exists(Membership.objects.filter(user=OuterRef("pk")).exclude(department__in=user.department_ids))
        )

    def matching(self, words: str):
        text = Concat("name", models.Value(" "), "email", output_field=models.TextField())
        found = self.annotate(folded=models.Func(text, function="leadwell_fold"))
        for word in words.split():
            wanted = models.Func(
                models.Value(word), function="leadwell_fold", output_field=models.TextField()
            )
            found = found.filter(folded__contains=wanted)
        return found


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username):
        return self.get(email=fold_email(username))

    def create_user(self, email: str, name: str, password: str | None = None, **fields):
        user = self.model(email=fold_email(email), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str, password: str | None = None, **fields):
        """Called by `manage.py createsuperuser`: creates a user with the Administrator role, which everyone can see in
        the user list. There is no other way around the rules."""
        user = self.create_user(email, name, password, **fields)
        user.groups.add(Group.objects.get(role__key="administrator"))
        return user


class User(AbstractBaseUser, PermissionsMixin):
    # False while an administrator views pages as this user (accounts/users/page_viewing.py).
    sees_private = True

    class Theme(models.TextChoices):
        AUTO = "", _("same as device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    class Density(models.TextChoices):
        ROOMY = "", _("comfortable")
        COMPACT = "compact", _("compact")

    class StartPage(models.TextChoices):
        TODAY = "", _("today")
        LIST = "list", _("list")

    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("added"), default=timezone.now)
    departments = models.ManyToManyField(
        Department, through=Membership, verbose_name=_("departments"), related_name="users", blank=True
    )
    hue = models.PositiveSmallIntegerField(default=260)
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, choices=time_zones, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, blank=True)
    density = models.CharField(_("row density"), max_length=10, choices=Density, blank=True)
    rows_per_page = models.PositiveSmallIntegerField(
        _("rows per page"), default=50, choices=[(25, "25"), (50, "50"), (100, "100"), (200, "200")]
    )
    start_page = models.CharField(
        _("start page"), max_length=5, choices=StartPage, blank=True, default="", db_default=""
    )
    signature = models.TextField(
        _("email signature"), max_length=2_000, blank=True, default="", db_default="", help_text=SIGNATURE
    )
    reminder_time = models.TimeField(
        _("summary of the day’s tasks at"),
        default=time(8),
        db_default=time(8),
        help_text=_("On working days, in your time zone."),
    )
    remind_before = models.PositiveSmallIntegerField(
        _("remind me of a task with a time"),
        default=15,
        db_default=15,
        choices=REMINDER_TIMES,
        help_text=_("Calls are announced at their time."),
    )
    mail_reminders = models.BooleanField(_("send reminders by email too"), default=True, db_default=True)
    push_reminders = models.BooleanField(
        _("show reminders on your devices"), default=True, db_default=True, help_text=ON_EACH_DEVICE
    )
    push_mentions = models.BooleanField(_("show mentions on your devices"), default=True, db_default=True)
    # The day of the last summary, on the user's clock.
    reminded_on = models.DateField(null=True, editable=False)
    # Part of every session's hash: increasing it signs the user out everywhere.
    sign_out_count = models.PositiveIntegerField(default=0)
    link_sent_at = models.DateTimeField(_("password link sent"), null=True, blank=True, editable=False)
    # Who sent them the last link; empty if they asked for it themselves.
    invited_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    groups = models.ManyToManyField(Group, through="HeldRole", blank=True)  # type: ignore[assignment]
    # Permissions come only from roles.
    is_superuser = None
    user_permissions = None  # type: ignore[assignment]

    objects = UserManager()

    # What lists of all users read (crm/platform/sql/reference_tables.py).
    shown_by = ("name", "email")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.email = fold_email(self.email)

    def set_departments(self, departments: list[Department]) -> None:
        """Make the user a member of exactly these departments, in this order."""
        self.memberships.all().delete()
        Membership.objects.bulk_create(
            Membership(user=self, department=department, position=place)
            for place, department in enumerate(departments)
        )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django also asks with each previous secret key, so a new key signs no one out."""
        marks = f"{self.password} {self.sign_out_count}"
        return salted_hmac("accounts.session", marks, secret=secret, algorithm="sha256").hexdigest()

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[:1].isalnum()] or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else get_company_zone()

    @cached_property
    def department_ids(self) -> list[int]:
        """The IDs of the user's departments, the first one first."""
        if "member_of" in self.__dict__:
            return self.__dict__["member_of"]
        return list(self.memberships.values_list("department", flat=True))

    @cached_property
    def installation_department_ids(self) -> list[int]:
        """The IDs of all departments, for queries that go department by department."""
        if "every_department" in self.__dict__:
            return self.__dict__["every_department"]
        return list(Department.objects.order_by("id").values_list("pk", flat=True))

    @cached_property
    def role_ids(self) -> list[int]:
        """The IDs of the user's roles."""
        if "held_roles" in self.__dict__:
            return self.__dict__["held_roles"]
        return list(self.groups.values_list("pk", flat=True))

    @cached_property
    def granted_permissions(self) -> set[str]:
        """The permissions "leads.view_lead" and so on, from all roles of the user."""
        ids = self.__dict__.get("permission_ids")
        if ids is None:
            ids = User.objects.with_rights().values_list("permission_ids", flat=True).get(pk=self.pk)
        return get_permission_names(ids)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """As the only backend with permissions says (accounts/sign_in.py). Django asks all backends, which takes ten times
        as long, and a list asks 60 times."""
        return self.is_active and obj is None and perm in self.granted_permissions

    @cached_property
    def is_administrator(self) -> bool:
        return self.is_active and self.groups.filter(role__key="administrator").exists()

    @property
    def rights(self) -> set[str]:
        """The permissions of the roles, including the narrower scopes that a wider one implies: what this user may
        grant."""
        return add_narrower_scopes(self.granted_permissions)

    @property
    def is_invited(self) -> bool:
        """Whether they haven't set their first password yet, nor signed in through a provider."""
        return not self.has_usable_password() and self.last_login is None

    @property
    def invitation_ends_at(self) -> datetime | None:
        """Until when the link of the last invitation works; None if none was sent."""
        return self.link_sent_at and self.link_sent_at + INVITATION_LASTS

    @property
    def is_invitation_expired(self) -> bool:
        return bool(self.invitation_ends_at and self.invitation_ends_at < timezone.now())

    @property
    def starts_with_list(self) -> bool:
        return self.start_page == self.StartPage.LIST

    @property
    def sees_departments(self) -> bool:
        """Whether they see colleagues' records in their own departments."""
        return self.has_perm("accounts.see_departments")

    @property
    def sees_everything(self) -> bool:
        return self.has_perm("accounts.see_all")
