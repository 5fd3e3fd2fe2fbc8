"""Why a user sees a lead, what they may do with it, and who else sees it.

The words follow the rule in leads/queries.py; a test compares both for every kind of user and lead.
"""

from django.contrib.auth.models import Permission
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Membership, Role, User
from accounts.permissions import SCOPE_NAMES
from leads.models import Lead


def why(lead: Lead, user) -> dict[str, str]:
    """What templates/leads/_why.html shows: `reason`, `may` and `others`, each a sentence or ''. Two queries."""
    return {"reason": reason(lead, user), "may": what_one_may(lead, user), "others": who_else(lead, user)}


def reason(lead: Lead, user) -> str:
    """The end of "You see this because…", or '' for who does not see it."""
    theirs = lead.department_id in user.department_ids
    if not any(user.has_perm(scope) for scope in SCOPE_NAMES):
        return ""
    if lead.owner_id == user.pk:
        return _("you own it.")
    if user.has_perm("leads.see_all"):
        words = _("your role {role} sees the leads of all departments.")
        return format_html(words, role=_role_with(user, "see_all"))
    if theirs and user.has_perm("leads.see_departments"):
        words = _(
            "you belong to {department}, its department, and your role {role} sees the leads of own departments."
        )
        return format_html(words, department=_bold(lead.department), role=_role_with(user, "see_departments"))
    if theirs and lead.owner_id is None and user.has_perm("leads.see_unassigned"):
        words = _(
            "nobody owns it and you belong to {department}, its department; your role {role} sees the unassigned leads "
            "of own departments."
        )
        return format_html(words, department=_bold(lead.department), role=_role_with(user, "see_unassigned"))
    return _("it is shared with everyone.") if lead.shared else ""


def may_change(lead: Lead, user) -> bool:
    """Whether the lead is among those that the user may change, whatever the right to do so."""
    if user.has_perm("leads.see_all"):
        return True
    if user.has_perm("leads.see_departments"):
        return lead.owner_id == user.pk or lead.department_id in user.department_ids
    return lead.owner_id == user.pk and any(user.has_perm(scope) for scope in SCOPE_NAMES)


def what_one_may(lead: Lead, user) -> str:
    changeable, present = may_change(lead, user), lead.binned_at is None
    theirs = user.sees_everything or lead.department_id in user.department_ids
    offers = [
        ("leads.take_lead", present and lead.owner_id is None and theirs, _("take")),
        ("leads.change_lead", present and changeable, _("change")),
        ("leads.assign_lead", present and changeable, _("assign")),
        ("leads.export_lead", present, pgettext("may", "export")),
        ("leads.delete_lead", present and changeable, _("bin")),
        ("leads.delete_lead", not present and changeable, _("restore")),
        ("leads.purge_lead", not present and changeable, _("purge")),
    ]
    verbs = [word for permission, holds, word in offers if holds and user.has_perm(permission)]
    if not verbs:
        return _("You may see it, but not change it.")
    return _("You may also %(verbs)s it.") % {"verbs": get_text_list(verbs, _("and"))}


def who_else(lead: Lead, user) -> str:
    """All other people who see it, each counted once, by what shows it to them."""
    found = _others(lead, user)
    if not found:
        return _("Nobody else sees it.")
    groups = [
        _group(lead, **row)
        for row in sorted(found, key=lambda row: (ORDER.index(row["how"]), -row["number"]))
    ]
    return _("It is also seen by %(people)s.") % {"people": get_text_list(groups, _("and"))}


ORDER = ["owner", "department", "all", "shared"]


def _others(lead: Lead, user) -> list[dict]:
    theirs = Q(Exists(Membership.objects.filter(user=OuterRef("pk"), department=lead.department_id)))
    ways = [
        When(Q(pk=lead.owner_id) & _granted(*SCOPE_NAMES), then=Value("owner")),
        When(_granted("leads.see_all"), then=Value("all")),
        When(theirs & _granted("leads.see_departments"), then=Value("department")),
    ]
    if lead.owner_id is None:
        ways.append(When(theirs & _granted("leads.see_unassigned"), then=Value("department")))
    if lead.shared:
        ways.append(When(_granted(*SCOPE_NAMES), then=Value("shared")))
    role = Role.objects.filter(user=OuterRef("pk"), permissions__codename="see_all").order_by("name")
    by_role = Q(how="all")
    return list(
        User.objects.active()
        .exclude(pk=user.pk)
        .filter(_granted("leads.view_lead"))
        .annotate(how=Case(*ways, default=None, output_field=CharField()))
        .exclude(how=None)
        .annotate(
            role_key=Case(When(by_role, then=Subquery(role.values("key")[:1])), default=Value("")),
            role_name=Case(When(by_role, then=Subquery(role.values("name")[:1])), default=Value("")),
        )
        .values("how", "role_key", "role_name")
        .annotate(number=Count("pk"))
    )


def _granted(*names: str) -> Q:
    """The users with a role that holds one of these permissions."""
    codenames = [name.removeprefix("leads.") for name in names]
    granted = Permission.objects.filter(group__user=OuterRef("pk"), content_type__app_label="leads")
    return Q(Exists(granted.filter(codename__in=codenames)))


def _group(lead: Lead, how: str, role_key: str, role_name: str, number: int) -> str:
    if how == "owner":
        return _("%(owner)s, its owner") % {"owner": lead.owner}
    if how == "department":
        words = ngettext("%(number)s person in %(department)s", "%(number)s people in %(department)s", number)
        return words % {"number": number, "department": lead.department}
    if how == "all":
        role = Role(key=role_key, name=role_name)
        return _("%(number)s as %(role)s") % {"number": number, "role": role.label}
    words = ngettext(
        "%(number)s more person, because it is shared", "%(number)s more people, because it is shared", number
    )
    return words % {"number": number}


def _role_with(user, scope: str) -> str:
    role = Role.objects.held_by(user).filter(permissions__codename=scope).order_by("name").first()
    return _bold(role or "")


def _bold(thing) -> str:
    return format_html("<b>{}</b>", thing)
