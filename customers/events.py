"""The operations on customer records that webhooks can be notified of."""

from django.utils.translation import gettext_lazy as _

EVENTS = [(_("Requests edited"), [("create_lead", _("lead created from a request"))])]
