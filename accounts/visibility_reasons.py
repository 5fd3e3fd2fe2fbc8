"""Why a user sees a record, what they may do with it, and who else sees it: derived from the ways in accounts/scope.py."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role, User
from accounts.scope import ALL, DEPARTMENT, OWNER, SHARED, UNASSIGNED, WAYS, VisibilityWay


def explain_visibility(record: Any, user, kind) -> dict[str, str]:
    """The content of templates/records/_why.html: `reason`, `may` and `others`, each a sentence or ''. Two queries."""
    return {
        "reason": get_visibility_reason(record, user),
        "may": describe_permissions(record, user, kind),
        "others": describe_other_viewers(record, user, kind),
    }


def find_most_direct_way(record: Any, user) -> VisibilityWay | None:
    """The most direct way in which the user sees the record."""
    return next((way for way in WAYS if way.is_held_by(user) and way.does_show(record, user)), None)


def get_visibility_reason(record: Any, user) -> str:
    """The end of "You see this because…", or '' if the user can't see it."""
    way = find_most_direct_way(record, user)
    if way is None:
        return ""
    words = {
        OWNER: _("you’re the owner."),
        ALL: _("your role {role} can view records in all departments."),
        DEPARTMENT: _(
            "you belong to {department}, the department of this record, and your role "
            "{role} can view records in own departments."
        ),
        UNASSIGNED: _(
            "this record is unassigned, you belong to its department {department}, and "
            "your role {role} can view unassigned records in own departments."
        ),
        SHARED: _("it’s shared with everyone."),
    }
    if way in (OWNER, SHARED):
        return words[way]
    return format_html(
        words[way], role=_find_role_with_way(user, way), department=_render_bold(record.department)
    )


def describe_permissions(record: Any, user, kind) -> str:
    scope = type(record).scope
    changeable, present = scope.may_change(record, user), record.deleted_at is None
    offers = [
        ("take", present and scope.may_take(record, user), _("take")),
        ("change", present and changeable, _("change")),
        ("assign", present and changeable, _("assign")),
        ("export", present, pgettext("may", "export")),
        ("delete", present and changeable, _("delete")),
        ("delete", not present and changeable, _("restore")),
        ("purge", not present and changeable, _("delete permanently")),
    ]
    verbs = [word for right, holds, word in offers if holds and user.has_perm(kind.get_right(right))]
    if not verbs:
        return _("You can view this record, but you can’t change it.")
    return _("You can also %(verbs)s this record.") % {"verbs": get_text_list(verbs, _("and"))}


def describe_other_viewers(record: Any, user, kind) -> str:
    """Everyone else who sees the record, each counted once, by how they see it."""
    found = _group_other_viewers(record, user, kind)
    if not found:
        return _("No one else can view it.")
    groups = [
        _describe_group(record, **row)
        for row in sorted(found, key=lambda row: (ORDER.index(row["how"]), -row["number"], row["role_name"]))
    ]
    return _("It’s also visible to %(people)s.") % {"people": get_text_list(groups, _("and"))}


# The unassigned records of a department are counted with its members.
GROUP = {OWNER: "owner", ALL: "all", DEPARTMENT: "department", UNASSIGNED: "department", SHARED: "shared"}
ORDER = ["owner", "department", "all", "shared"]


def _group_other_viewers(record: Any, user, kind) -> list[dict]:
    ways = [When(way.build_users_condition(record), then=Value(GROUP[way])) for way in WAYS]
    role = Role.objects.filter(user=OuterRef("pk"), permissions__codename="see_all").order_by("name")
    by_role = Q(how="all")
    app, _dot, codename = kind.get_right("view").partition(".")
    looking = Permission.objects.filter(
        group__user=OuterRef("pk"), content_type__app_label=app, codename=codename
    )
    return list(
        User.objects.active()
        .exclude(pk=user.pk)
        .filter(Exists(looking))
        .annotate(how=Case(*ways, default=None, output_field=CharField()))
        .exclude(how=None)
        .annotate(
            role_key=Case(When(by_role, then=Subquery(role.values("key")[:1])), default=Value("")),
            role_name=Case(When(by_role, then=Subquery(role.values("name")[:1])), default=Value("")),
        )
        .values("how", "role_key", "role_name")
        .annotate(number=Count("pk"))
    )


def _describe_group(record: Any, how: str, role_key: str, role_name: str, number: int) -> str:
    if how == "owner":
        return _("%(owner)s (owner)") % {"owner": record.owner}
    if how == "department":
        words = ngettext("%(number)s person in %(department)s", "%(number)s people in %(department)s", number)
        return words % {"number": number, "department": record.department}
    if how == "all":
        role = Role(key=role_key, name=role_name)
        return _("%(number)s with the role %(role)s") % {"number": number, "role": role.label}
    words = ngettext(
        "%(number)s more person because it’s shared", "%(number)s more people because it’s shared", number
    )
    return words % {"number": number}


def _find_role_with_way(user, way: VisibilityWay) -> str:
    scopes = [scope.removeprefix("accounts.") for scope in way.scopes]
    role = Role.objects.held_by(user).filter(permissions__codename__in=scopes).order_by("name").first()
    return _render_bold(role or "")


def _render_bold(thing) -> str:
    return format_html("<b>{}</b>", thing)
