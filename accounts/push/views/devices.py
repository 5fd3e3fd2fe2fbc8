"""The devices on which you see notifications: turn this one on, remove any of them."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import PushDevice
from accounts.models.push import MOST_OF_A_USER
from accounts.push.devices import DeviceForm, TooManyDevices, add_device, set_device_cookie
from crm.platform.web.security_log import write_security_line


@require_POST
def device_new(request):
    if not settings.PUSH:
        raise Http404
    response = redirect("profile")
    form = DeviceForm(request.POST)
    if not form.is_valid():
        problems = {str(problem) for found in form.errors.values() for problem in found}
        messages.error(request, " ".join(sorted(problems)))
        return response
    try:
        set_device_cookie(response, add_device(request, form))
    except TooManyDevices:
        text = _("You have %(number)s devices already. Remove one of them first.")
        messages.error(request, text % {"number": MOST_OF_A_USER})
        return response
    messages.success(request, _("Notifications are on for this device."))
    return response


@require_POST
def device_remove(request, pk):
    device = get_object_or_404(PushDevice.objects.of_user(request.user), pk=pk)
    device.delete()
    write_security_line("device_removed", device=device.name)
    messages.success(request, _("Removed the device. It shows no more notifications."))
    return redirect("profile")
