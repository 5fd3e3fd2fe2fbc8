"""The machine: settings, history of changes, jobs, pages, tables. It knows no lead."""

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class CrmConfig(AppConfig):
    name = "crm"
    label = "crm"

    def ready(self) -> None:
        # Imported for what they register: checks, tasks of the queue, kinds of jobs, steps of the housekeeping.
        from crm.api import call_log  # noqa: F401
        from crm.api.webhooks import webhook_delivery  # noqa: F401
        from crm.fields.custom.definitions import field_visibility
        from crm.fields.custom.formulas import value_replacement
        from crm.fields.custom.search import search_triggers, search_word_jobs  # noqa: F401
        from crm.fields.custom.unique import unique_triggers
        from crm.platform.audit import stream_follower  # noqa: F401
        from crm.platform.database import checks, partitioned_tables, timestamp_parsing  # noqa: F401
        from crm.platform.files import jobs as of_files  # noqa: F401
        from crm.platform.monitoring import slow_queries
        from crm.platform.server import system_status  # noqa: F401
        from crm.platform.sql import functions, trigger_installation
        from crm.records.custom_fields import choice_changes, deletion, usage, verbs  # noqa: F401
        from crm.records.custom_fields.retype import jobs, undo  # noqa: F401
        from crm.records.history import jobs as of_records  # noqa: F401
        from crm.records.history import (
            operation_audit,
            verb_execution,
        )
        from crm.records.history import rebuild as records_rebuild
        from crm.records.history.undo import undo_result
        from crm.records.history.verbs import delete
        from crm.records.listing import saved_view_replacement
        from crm.scaling.months import functions as of_partitions
        from crm.scaling.months import partition_exchange, yearly_partitions
        from crm.transfer.exports import jobs as of_exports  # noqa: F401
        from crm.transfer.imports import jobs as of_imports  # noqa: F401
        from crm.transfer.imports.columns import field_usage
        from crm.work.activities import attachment_cleanup, mention_check, permanent_deletion  # noqa: F401
        from crm.work.activities import undo as undo_of_activities
        from crm.work.activities import verbs as of_activities  # noqa: F401
        from crm.work.emails import email_verbs  # noqa: F401
        from crm.work.invitations import meetings  # noqa: F401
        from crm.work.invitations import notifications as of_meetings  # noqa: F401
        from crm.work.tasks import notifications, start_page  # noqa: F401
        from crm.work.templates import template_verbs  # noqa: F401

        delete.ALSO_PURGED.append(permanent_deletion.delete_with_records)
        records_rebuild.CHECKS.append(mention_check.find_wrong_keys)
        usage.RULES.append(field_usage.get_mappings)
        undo_result.FOLLOWERS += [undo_of_activities.follow_undo, undo.follow_undo]
        undo_result.IN_USE["custom_field"] = deletion.find_used
        saved_view_replacement.OTHERS += [
            value_replacement.replace_choice_in_formulas,
            field_visibility.replace_deciding_value,
        ]
        connection_created.connect(timestamp_parsing.register_timestamp_loader)
        if settings.REPLICAS:
            from crm.platform.database import read_routing
            from crm.scaling.replicas import health  # noqa: F401
            from crm.scaling.replicas.replica_reads import FromReplicas

            read_routing.use(FromReplicas())
        if slow_queries.is_on():
            connection_created.connect(slow_queries.watch_connection)
        if settings.ENVIRONMENT.metrics:
            from crm.platform.monitoring import prometheus_metrics

            prometheus_metrics.follow_jobs()
        if settings.ENVIRONMENT.log == "json":
            from crm.platform.monitoring import request_log_lines

            request_log_lines.follow_jobs()
            verb_execution.FOLLOWERS.append(request_log_lines.note_operation)
        verb_execution.FOLLOWERS.append(operation_audit.write_operation_entry)
        trigger_installation.FUNCTIONS[:0] = [
            *partition_exchange.FUNCTIONS,
            *of_partitions.FUNCTIONS,
            yearly_partitions.JOIN,
            *functions.ALL,
            *unique_triggers.build_functions_sql(),
            *search_triggers.build_functions_sql(),
        ]
        # The first app of all: what other apps write after their migrations is recorded already.
        post_migrate.connect(trigger_installation.install_functions_and_triggers, sender=self)
        post_migrate.connect(partitioned_tables.create_first_partitions, sender=self)
