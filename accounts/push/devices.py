"""The devices on which a user turned on notifications: adding one, and ending them together with sessions.

A signed cookie names the device of a browser. It lives longer than a session, so signing out of a later session in the
same browser still ends the notifications in it.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.authentication.browser_names import get_browser_name
from accounts.models import PushDevice, User
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.platform.web.security_log import write_security_line

COOKIE, SALT = settings.PUSH_COOKIE_NAME, "leadwell_push"
# The longest time that browsers keep a cookie.
COOKIE_AGE = 60 * 60 * 24 * 400


class TooManyDevices(Exception):
    """The user has reached the limit and has to remove a device first."""


class DeviceForm(ModelForm):
    """What the browser says of its subscription (static/js/push.js)."""

    class Meta:
        model = PushDevice
        fields = ["endpoint", "browser_key", "secret"]

    def validate_unique(self) -> None:
        """A browser that is already known is renewed."""


def get_device_of_browser(request: HttpRequest) -> PushDevice | None:
    """The device of this browser, whoever turned it on."""
    try:
        pk = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_AGE)
    except signing.BadSignature:
        return None
    return PushDevice.objects.filter(pk=pk).first()


def add_device(request: HttpRequest, form: DeviceForm) -> PushDevice:
    """Add this browser, or renew it. A browser shows the notifications of one user: the one who turned them on last.

    Raises TooManyDevices.
    """
    # Two browsers that are added at once count one after the other.
    user = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
    before = get_device_of_browser(request)
    if before is not None:
        before.delete()
    PushDevice.objects.filter(endpoint=form.cleaned_data["endpoint"]).delete()
    if PushDevice.objects.of_user(user).is_full():
        raise TooManyDevices
    form.instance.user = user
    form.instance.name = get_browser_name(request.headers.get("User-Agent", ""))
    device = form.save()
    write_security_line("device_added", device=device.name)
    return device


def set_device_cookie(response: HttpResponse, device: PushDevice) -> None:
    response.set_cookie(
        COOKIE,
        signing.dumps(device.pk, salt=SALT),
        max_age=COOKIE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def delete_device_of_browser(request: HttpRequest) -> None:
    """After signing out, nothing of the user appears in this browser any more."""
    device = get_device_of_browser(request)
    if device is not None:
        device.delete()


def delete_device_of_other_user(request: HttpRequest, user: User) -> None:
    """When a user signs in where another one left without signing out, notifications of that one end."""
    device = get_device_of_browser(request)
    if device is not None and device.user_id != user.pk:
        device.delete()


def delete_other_devices(user: User, *, but: PushDevice | None = None) -> None:
    PushDevice.objects.of_user(user).exclude(pk=but.pk if but else None).delete()
