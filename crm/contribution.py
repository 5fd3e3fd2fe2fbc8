"""What the engine's upper floors add to the lower ones."""

from collections.abc import Callable

from django.conf import settings

from crm.api.v2.webhook_calls.operation_content import build_visible_operation_json
from crm.api.webhooks import webhook_delivery
from crm.fields.custom.definitions.field_visibility import replace_deciding_value
from crm.fields.custom.files import file_cleanup
from crm.fields.custom.formulas.value_replacement import replace_choice_in_formulas
from crm.fields.custom.search import search_triggers
from crm.fields.custom.unique import unique_triggers
from crm.platform.backup.backup_jobs import cancel_restored_backup_jobs
from crm.platform.database import partitioned_tables, timestamp_parsing
from crm.platform.monitoring import slow_queries
from crm.platform.sql import functions, transaction_numbers
from crm.platform.sql.trigger_installation import install_functions_and_triggers
from crm.records.custom_fields.deletion import find_fields_in_use
from crm.records.custom_fields.retype import undo as retype_undo
from crm.records.history import operation_audit
from crm.scaling.months import functions as month_functions
from crm.scaling.months import partition_exchange, yearly_partitions
from crm.transfer.exports import jobs as exports
from crm.transfer.imports import jobs as imports
from crm.transfer.imports.columns.saved_mappings import get_mappings
from crm.work.activities import attachment_cleanup, mention_check, permanent_deletion
from crm.work.activities import undo as activity_undo
from crm.work.emails.email_drafts import move_drafts
from crm.work.grouped_timeline.move_entries import get_move_entries
from product.contribution import Contribution

# What only some installations have is only loaded there.
if settings.REPLICAS:
    from crm.scaling.replicas.replica_reads import FromReplicas
if settings.ENVIRONMENT.metrics:
    from crm.platform.monitoring import prometheus_metrics
if settings.ENVIRONMENT.log == "json":
    from crm.platform.monitoring import request_log_lines


def get_database_functions() -> list[str]:
    return [
        *partition_exchange.FUNCTIONS,
        *month_functions.FUNCTIONS,
        yearly_partitions.JOIN,
        *functions.ALL,
        *transaction_numbers.FUNCTIONS,
        *unique_triggers.build_functions_sql(),
        *search_triggers.build_functions_sql(),
    ]


def get_monitoring_starters() -> list[Callable[[], None]]:
    """What follows the jobs of this process for metrics and for lines of the log."""
    following = [prometheus_metrics.start_measuring_jobs] if settings.ENVIRONMENT.metrics else []
    return (
        [*following, request_log_lines.start_logging_jobs]
        if settings.ENVIRONMENT.log == "json"
        else following
    )


CONTRIBUTION = Contribution(
    jobs=(
        "crm.platform.audit.stream_follower",
        "crm.platform.backup.backup_jobs",
        "crm.platform.backup.last_backup",
        "crm.platform.backup.nightly_backup",
        "crm.platform.database.partitioned_tables",
        "crm.platform.files.jobs",
        "crm.platform.jobs.housekeeping",
        "crm.platform.jobs.job_runner",
        "crm.platform.web.middleware.repeated_forms",
        "crm.fields.custom.files.file_cleanup",
        "crm.fields.custom.indexes.index_building",
        "crm.fields.custom.search.search_word_jobs",
        "crm.records.custom_fields.choice_changes",
        "crm.records.custom_fields.deletion",
        "crm.records.custom_fields.retype.jobs",
        "crm.records.history.jobs",
        "crm.records.listing.saved_view_use",
        "crm.work.activities.attachment_cleanup",
        "crm.work.emails.email_drafts",
        "crm.work.emails.email_sending",
        "crm.work.invitations.invitation_sending",
        "crm.work.invitations.meetings",
        "crm.transfer.exports.jobs",
        "crm.transfer.imports.jobs",
        "crm.api.call_log",
        "crm.api.webhooks.replay",
        "crm.api.webhooks.webhook_delivery",
        "crm.scaling.months.yearly_partitions",
    ),
    notifications=(
        "crm.platform.backup.nightly_backup",
        "crm.platform.web.notifications",
        "crm.work.invitations.notifications",
        "crm.work.mentions",
        "crm.work.tasks.notifications",
        "crm.transfer.exports.approval",
        "crm.transfer.imports.jobs",
        "crm.api.webhooks.webhook_delivery",
    ),
    start_page=(
        "crm.platform.server.system_status",
        "crm.platform.web.start_page.health",
        "crm.work.tasks.start_page",
        "crm.transfer.exports.jobs",
        *(["crm.scaling.replicas.health"] if settings.REPLICAS else []),
    ),
    verbs=(
        "crm.records.custom_fields.verbs",
        "crm.work.activities.moves",
        "crm.work.activities.verbs",
        "crm.work.emails.email_verbs",
        "crm.work.templates.template_verbs",
    ),
    checks=("crm.platform.database.checks",),
    operation_followers=(
        webhook_delivery.queue_operation,
        *([request_log_lines.note_operation] if settings.ENVIRONMENT.log == "json" else []),
        operation_audit.write_operation_entry,
        move_drafts,
    ),
    timeline_lines=(get_move_entries,),
    undo_followers=(
        activity_undo.write_activity_undo_consequences,
        retype_undo.write_retype_undo_consequences,
    ),
    used_rows={"custom_field": find_fields_in_use},
    purge_followers=(permanent_deletion.delete_with_records,),
    field_uses=(get_mappings,),
    value_replacements=(replace_choice_in_formulas, replace_deciding_value),
    rebuild_checks=(mention_check.find_wrong_keys,),
    webhook_content=build_visible_operation_json,
    database_functions=get_database_functions,
    # The first app of all: what other apps write after their migrations is recorded already.
    after_migrations=(
        install_functions_and_triggers,
        partitioned_tables.create_first_partitions,
        transaction_numbers.start_era_if_restored,
    ),
    connection_receivers=(
        timestamp_parsing.register_timestamp_loader,
        *([slow_queries.watch_connection] if slow_queries.is_on() else []),
    ),
    restore_followers=(cancel_restored_backup_jobs,),
    named_files=(file_cleanup.FILES, attachment_cleanup.FILES, exports.FILES, imports.FILES),
    read_ways=FromReplicas() if settings.REPLICAS else None,
    at_start=get_monitoring_starters(),
)
