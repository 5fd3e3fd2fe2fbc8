"""While an administrator views Leadwell as another user: pages get that user, and everything else is refused."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.users.page_viewing import OWN_PAGES, get_viewed_user, get_viewed_user_id, is_shown_in_view
from crm.platform.web.views.errors import NotAllowed


class ViewingMiddleware:
    """Comes after what looks after the administrator's own session, and before what begins the transaction of the request.

    Logs name the administrator, whom `request.viewed_by` is then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            if hasattr(request, "viewed_by"):
                request.user = request.viewed_by

    def process_view(self, request: Any, view: Any, arguments: Any, keywords: Any) -> None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return
        pk = get_viewed_user_id(request)
        if pk is None or request.resolver_match.view_name in OWN_PAGES:
            return
        person = get_viewed_user(request.user, pk)
        if person is None:
            request.view_has_ended = True
            raise NotAllowed(_("The view has ended"), _("Stop viewing to go on in your own name."))
        request.viewed_by, request.user = request.user, person
        if not is_shown_in_view(request):
            text = _(
                "You’re viewing Leadwell as %(name)s: lists, records, tasks, reports and Today are shown, and nothing "
                "can be changed. Stop viewing to go on in your own name."
            )
            raise NotAllowed(_("This view is read-only"), text % {"name": person.name})
