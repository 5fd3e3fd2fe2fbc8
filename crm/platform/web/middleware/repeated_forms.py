"""A form that is sent again, because the connection broke before its response arrived, isn't saved twice.

The browser adds `submission_key` to a form (static/js/sending.js): 32 hexadecimal digits, another one for each
submission and the same one when it is sent again. A form without it is saved each time.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.jobs.housekeeping import every_hour
from crm.platform.models.saved_form import SavedForm

FIELD = "submission_key"
KEY = re.compile("[0-9a-f]{32}")


def save_form_once(request: HttpRequest, save: Callable[[], HttpResponse]) -> HttpResponse:
    """The response of `save`, within a transaction. If this user's form with the same key was saved before, nothing is
    saved, and the response leads to the same page. Only a redirect means that a form was saved."""
    key = request.POST.get(FIELD, "") if request.method == "POST" else ""
    if not KEY.fullmatch(key) or not request.user.is_authenticated:
        return save()
    # Another request with the key waits here until the transaction of the first one ends.
    saved, is_new = SavedForm.objects.get_or_create(user=request.user, key=key)
    if not is_new:
        messages.info(request, _("This was already saved."))
        return redirect(saved.path)
    response = save()
    if isinstance(response, HttpResponseRedirectBase):
        # The query may contain what someone searched for.
        saved.path = urlsplit(response.url).path[: SavedForm._meta.get_field("path").max_length]
        saved.save(update_fields=["path"])
    else:
        saved.delete()
    return response


@every_hour
def delete_expired_saved_forms() -> int:
    return SavedForm.objects.expired().delete()[0]
