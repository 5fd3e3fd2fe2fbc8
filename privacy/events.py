"""The operations of privacy that webhooks can be notified of."""

from django.utils.translation import gettext_lazy as _

EVENTS = [(_("Privacy"), [("erase_person", _("a person erased"))])]
