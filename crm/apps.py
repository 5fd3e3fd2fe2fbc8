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
        from crm.activities import email, kept_files, meetings, purging, rebuild, template_verbs  # noqa: F401
        from crm.activities import notices as of_meetings  # noqa: F401
        from crm.activities import undo as undo_of_activities
        from crm.activities import verbs as of_activities  # noqa: F401
        from crm.api import calls, webhooks  # noqa: F401
        from crm.audit import follower, operations  # noqa: F401
        from crm.custom import (  # noqa: F401
            choices,
            deletion,
            retype_jobs,
            retype_undo,
            searched_jobs,
            searched_sql,
            shown_if,
            unique_sql,
            usage,
            verbs,
        )
        from crm.custom.formulas import rewriting
        from crm.exports import jobs as of_exports  # noqa: F401
        from crm.files import jobs as of_files  # noqa: F401
        from crm.imports import field_usage
        from crm.imports import jobs as of_imports  # noqa: F401
        from crm.monitoring import queries
        from crm.partitions import exchanging, tables, years
        from crm.partitions import functions as of_partitions
        from crm.records import change, functions, installing, rewritten_views, undone
        from crm.records import jobs as of_records  # noqa: F401
        from crm.records import rebuild as records_rebuild
        from crm.records.verbs import delete
        from crm.server import checks, moments, state  # noqa: F401
        from crm.tasks import notices, start  # noqa: F401

        delete.ALSO_PURGED.append(purging.delete_with_records)
        records_rebuild.CHECKS.append(rebuild.find_wrong_keys)
        usage.RULES.append(field_usage.get_mappings)
        undone.FOLLOWERS += [undo_of_activities.follow_undo, retype_undo.follow_undo]
        undone.IN_USE["custom_field"] = deletion.find_used
        rewritten_views.OTHERS += [rewriting.rewrite, shown_if.rewrite]
        connection_created.connect(moments.use)
        if settings.REPLICAS:
            from crm.replicas import health  # noqa: F401
            from crm.replicas.ways import FromReplicas
            from crm.web import reads

            reads.use(FromReplicas())
        if queries.is_on():
            connection_created.connect(queries.watch)
        if settings.ENVIRONMENT.metrics:
            from crm.monitoring import measures

            measures.follow_jobs()
        if settings.ENVIRONMENT.log == "json":
            from crm.monitoring import each

            each.follow_jobs()
            change.FOLLOWERS.append(each.note_operation)
        change.FOLLOWERS.append(operations.follow)
        installing.FUNCTIONS[:0] = [
            *exchanging.FUNCTIONS,
            *of_partitions.FUNCTIONS,
            years.JOIN,
            *functions.ALL,
            *unique_sql.functions(),
            *searched_sql.functions(),
        ]
        # The first app of all: what other apps write after their migrations is recorded already.
        post_migrate.connect(installing.install, sender=self)
        post_migrate.connect(tables.prepare, sender=self)
