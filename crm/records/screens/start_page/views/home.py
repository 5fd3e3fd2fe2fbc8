"""The home page after signing in, also at /admin: the start page or the first list, as the user chose in their profile.

Users who see no records go to their profile. While the checklist of a new installation waits for them, administrators go to
the start page, which has it.
"""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.platform.record_types import get_viewable_types
from crm.platform.web.start_page.setup_steps import get_waiting_setup_lines


@require_safe
def home(request):
    kinds = get_viewable_types(request.user)
    if not kinds:
        return redirect("profile")
    if request.user.starts_with_list and not get_waiting_setup_lines(request.user):
        return redirect(kinds[0].list_url)
    return redirect("today")
