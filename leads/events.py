"""The operations on leads and their settings that webhooks can be notified of."""

from django.utils.translation import gettext_lazy as _

LEAD_EVENTS = [
    (
        _("Leads edited"),
        [
            ("move", _("status changed")),
            ("next_action", _("next action set")),
            ("vip", _("VIP changed")),
            ("source", _("source changed")),
            ("country", _("country changed")),
            ("change_pipeline", _("pipeline changed")),
            ("queue_outcome", _("outcome in the queue")),
            ("queue_skip", _("skipped in the queue")),
            ("queue_return", _("brought back into the queue")),
        ],
    ),
    (
        _("Settings"),
        [
            ("add_status", _("status added")),
            ("edit_status", _("status edited")),
            ("retire_status", _("status deleted")),
            ("merge_statuses", _("statuses merged")),
            ("add_source", _("source added")),
            ("edit_source", _("source edited")),
            ("retire_source", _("source deleted")),
            ("merge_sources", _("sources merged")),
            ("source_cost", _("source cost")),
            ("add_pipeline", _("pipeline added")),
            ("edit_pipeline", _("pipeline edited")),
            ("retire_pipeline", _("pipeline retired")),
            ("add_tag", _("tag added")),
            ("edit_tag", _("tag edited")),
            ("merge_tags", _("tags merged")),
            ("add_lost_reason", _("lost reason added")),
            ("edit_lost_reason", _("lost reason edited")),
            ("merge_lost_reasons", _("lost reasons merged")),
            ("exchange_rate", _("exchange rate")),
            ("edit_queue_rules", _("rules of the queue edited")),
            ("add_custom_field", _("custom field added")),
            ("edit_custom_field", _("custom field edited")),
            ("delete_custom_field", _("custom field deleted")),
            ("retype_custom_field", _("type of a custom field changed")),
            ("merge_custom_choices", _("choices merged")),
            ("edit_built_in_field", _("built-in field edited")),
        ],
    ),
]
