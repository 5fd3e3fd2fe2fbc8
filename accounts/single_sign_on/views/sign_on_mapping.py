"""Which values of a claim give which role and department: edited, previewed with real users, and tried."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import ClaimRule, IdentityProvider
from accounts.single_sign_on.claim_mapping import (
    decide_role_and_departments,
    get_mapping_rules,
    preview_mapping,
)
from accounts.single_sign_on.forms import RuleForms, TryForm, build_rule_forms
from accounts.single_sign_on.views.sign_on import require_administrator
from crm.platform.web.security_log import write_security_line

LINES = 200


@require_http_methods(["GET", "HEAD", "POST"])
@require_administrator
def sign_on_mapping(request, pk):
    provider = get_object_or_404(IdentityProvider, pk=pk)
    saved = get_mapping_rules(provider)
    data = request.POST if request.method == "POST" else None
    rows, tried = build_rule_forms(data, saved), TryForm(data)
    if data is None:
        return render_mapping_page(request, provider, rows, tried, saved)
    if not rows.is_valid() or not tried.is_valid():
        return render_mapping_page(request, provider, rows, tried, None, status=422)
    rules = rows.build_rules(provider)
    if "save" not in data:
        return render_mapping_page(request, provider, rows, tried, rules)
    save_rules(request.user, provider, saved, rules)
    messages.success(request, _("Saved. Each user gets the new role and departments at their next sign-in."))
    return redirect("sign_on_mapping", pk)


def save_rules(by, provider: IdentityProvider, saved: list[ClaimRule], rules: list[ClaimRule]) -> None:
    provider.rules.all().delete()
    ClaimRule.objects.bulk_create(rules)
    provider.saved_by = by
    provider.save(update_fields=["saved_by"])
    write_security_line(
        "sign_on_mapping_saved",
        provider=provider.name,
        before=describe_rules(saved),
        after=describe_rules(rules),
    )


def describe_rules(rules: list[ClaimRule]) -> list[str]:
    return [
        f"{rule.value} → {rule.role.name if rule.role else ''} {rule.department or ''}".rstrip()
        for rule in rules
    ]


def render_mapping_page(
    request, provider, rows: RuleForms, tried: TryForm, rules: list[ClaimRule] | None, *, status: int = 200
):
    """With the preview of these rows, if they are valid."""
    lines = preview_mapping(provider, rules) if rules is not None else []
    context = {
        "provider": provider,
        "rows": rows,
        "tried": tried,
        "previewed": rules is not None,
        "lines": lines[:LINES],
        "people": len(lines),
        "changing": sum(line.changes for line in lines),
        "leaving": sum(line.deactivated for line in lines),
    }
    if rules is not None and tried.is_bound and (values := tried.get_entered_values()):
        context |= {"values": values, "decision": decide_role_and_departments(provider, rules, values)}
    return render(request, "accounts/sign_on_mapping.html", context, status=status)
