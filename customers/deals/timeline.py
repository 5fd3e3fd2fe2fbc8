"""A deal's timeline: the standard entries, and its moves through the stages."""

from django.utils.translation import gettext as _

from leads.timeline import MovesTimeline


class MovedDeal(MovesTimeline):
    def told_of_move(self):
        return _("moved this deal")
