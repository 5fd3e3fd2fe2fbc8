"""The home page after signing in, also at /admin: the start page or the first list, as the user chose in their profile.

Users who see no records go to their profile.
"""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.platform.record_types import get_viewable_types


@require_safe
def home(request):
    kinds = get_viewable_types(request.user)
    if not kinds:
        return redirect("profile")
    return redirect(kinds[0].list_url if request.user.starts_with_list else "today")
