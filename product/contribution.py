"""What an app can add to the product: the fields of its declaration, `CONTRIBUTION` in its contribution.py.

product/registration.py reads the declarations of all apps, lower apps first, and fills the place that each field is for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django_filters import Filter

from accounts.free_busy.busy_times import BusySource
from accounts.models import User
from accounts.roles.permissions import PermissionRow
from accounts.settings_pages import SettingsPage
from crm.api.existing_records import Lookup
from crm.api.token_scopes import TokenResource
from crm.api.v2.record_parts import RecordPart
from crm.fields.schemas import Schema
from crm.models import Import, Invitation, Notification, Operation
from crm.platform.configuration.base_currency import StoredAmounts
from crm.platform.configuration.environment import Say
from crm.platform.database.read_routing import FromPrimary
from crm.platform.files.orphaned_files import NamedFiles
from crm.platform.server.demo import DemoPart
from crm.platform.web.middleware.request_body import Public
from crm.platform.web.palette_pages import PalettePage
from crm.platform.web.start_page.setup_steps import SetupPage, SetupStep
from crm.records.editing.bulk_actions import BulkAction
from crm.records.editing.selection_pages import SetPage
from crm.records.editing.similar_records import FormWarning
from crm.records.history.history_check import Difference
from crm.records.history.merged_records import Reference
from crm.records.history.undo.undo_result import UndoResult
from crm.records.history.undo.unreverted_rows import Remedy
from crm.records.history.verbs.edit import NewValues
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.linked_records import Link
from crm.records.kinds.page_links import RecordLink
from crm.records.kinds.record_uses import Uses
from crm.records.tables.added_columns import AddedColumn
from crm.transfer.imports.activities.program_exports import ActivityExport
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.program_exports import Program
from crm.work.emails.mime_messages import EmailFooter, SendingRoute
from crm.work.invitations.invitation_emails import InvitationReader
from crm.work.models.activity import Activity
from crm.work.tasks.calendar.people_days import PeopleSource
from crm.work.tasks.call_backs import Openings
from customers.contacts.page import Maker as ContactCardMaker
from customers.embedded_lists import Maker as ListMaker
from leads.imports.company_links import Finder as CompanyFinder
from leads.models import Lead
from leads.page.page_card import Maker as CardMaker
from leads.statuses.won_leads import Follower as WonLeadFollower
from mailboxes.messages.automatic_messages import Bounce
from mailboxes.messages.received_message import ReceivedMessage
from mailings.models import Mailing
from reports.subjects.subject import MeasuredSubject

Text = str | Promise
# A record type and the ID of a record.
RecordId = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Navigation:
    """The pages of an app that users reach from everywhere, each shown to those with its permission."""

    # Entries of the navigation, below the lists of records.
    rail: Sequence[SettingsPage] = ()
    # Pages of the profile, for every user.
    profile: Sequence[SettingsPage] = ()
    # Tabs of the group Sales in Settings, before the engine's own.
    first_sales_settings: Sequence[SettingsPage] = ()
    # Tabs of the same group, after them.
    sales_settings: Sequence[SettingsPage] = ()
    # Tabs of the group Rules in Settings: what Leadwell does by itself.
    rule_settings: Sequence[SettingsPage] = ()
    # Tabs of the group Programs in Settings.
    program_settings: Sequence[SettingsPage] = ()
    # Tabs of the group Security in Settings.
    security_settings: Sequence[SettingsPage] = ()
    # Groups of their own in Settings, by their names.
    settings_groups: Mapping[Text, Sequence[SettingsPage]] = field(default_factory=dict)
    # What the command palette offers to add in Settings.
    new_settings: Sequence[SettingsPage] = ()


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """Everything that an app adds to the product, and so to what apps and floors below it offer.

    The fields of the first group are names of modules. What is in those registers itself by a decorator or a class, so they
    only have to be loaded, in every process.
    """

    # Modules with parts that register themselves -----------------------------------------------------------------------

    # Jobs, tasks of the queue and steps of the housekeeping: what workers do.
    jobs: Sequence[str] = ()
    # Kinds of notifications, each with its sentence.
    notifications: Sequence[str] = ()
    # Parts of Today, and what its part Health looks at.
    start_page: Sequence[str] = ()
    # Kinds of operations that are registered for their names and permissions, such as changes of settings.
    verbs: Sequence[str] = ()
    # What Django checks when the product starts.
    checks: Sequence[str] = ()
    # Triggers on tables of other apps.
    triggers: Sequence[str] = ()
    # Receivers of Django's signals about sign-ins.
    sign_in_receivers: Sequence[str] = ()

    # Record types, and what belongs to them by their names ------------------------------------------------------------

    # Record types: each has lists, forms, imports, exports, API v2, and permissions of the shipped roles.
    record_types: Sequence[Kind] = ()
    # The import rules of a record type.
    import_rules: Mapping[str, type[ImportRules]] = field(default_factory=dict)
    # Exports of other programs that imports of a record type recognize.
    program_exports: Mapping[str, Sequence[Program]] = field(default_factory=dict)
    # The same for files of activities.
    activity_exports: Sequence[ActivityExport] = ()
    # Lists of linked records on the pages of a record type.
    record_links: Mapping[str, Sequence[Link]] = field(default_factory=dict)
    # What API v2 reads and writes along with a record, by the names of the parts.
    record_parts: Mapping[str, Mapping[str, RecordPart]] = field(default_factory=dict)
    # Filters of the lists of a record type beyond its own, by their names in URLs.
    list_filters: Mapping[str, Mapping[str, Filter]] = field(default_factory=dict)
    # Columns of the lists and files of a record type beyond its own.
    list_columns: Mapping[str, Sequence[AddedColumn]] = field(default_factory=dict)
    # Other pages that have the filters of a record type in their URL, as names of URLs.
    filter_pages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Links on the page of a record, given the record and the viewer.
    page_links: Sequence[Callable[[Any, Any], RecordLink | None]] = ()
    # Warnings in the form of a record, given its type, the request and the record.
    form_warnings: Sequence[Callable[[Kind, Any, Any, Any], FormWarning | None]] = ()
    # Bulk actions of a record type, after its first one.
    bulk_actions: Mapping[str, Sequence[BulkAction]] = field(default_factory=dict)
    # Pages that the bulk bar of lists offers for selected records.
    selection_pages: Sequence[SetPage] = ()

    # Changes, undo, and what depends on a record ----------------------------------------------------------------------

    # The sentences for codes of why a record was refused or kept.
    reasons: Mapping[str, Text] = field(default_factory=dict)
    # The same for codes that end in a number.
    counted_reasons: Mapping[str, Callable[[int], str]] = field(default_factory=dict)
    # The codes that forms show at their field.
    field_reasons: Sequence[str] = ()
    # What helps when an undo keeps something for one of these reasons, which may go away.
    undo_remedies: Mapping[str, Callable[[Operation, Any], Remedy]] = field(default_factory=dict)
    # What new values of records start, within the operation.
    edit_followers: Sequence[Callable[[Sequence[NewValues], Operation], None]] = ()
    # When a user begins to work on each of these days, for call-backs; the last one counts.
    work_openings: Sequence[Openings] = ()
    # What makes users busy in a period, such as the calendars of another program.
    busy_times: Sequence[BusySource] = ()
    # What the calendar knows of people's days besides their tasks and meetings; the last one counts.
    people_days: Sequence[PeopleSource] = ()
    # What each operation starts, within its transaction.
    operation_followers: Sequence[Callable[[Operation], None]] = ()
    # What an undo does after its rows went back.
    undo_followers: Sequence[Callable[[Any, Any, UndoResult], None]] = ()
    # Which rows of a table are in use by now, so that an undo of their creation keeps them.
    used_rows: Mapping[str, Callable[[list[int]], set[int]]] = field(default_factory=dict)
    # What is deleted along with records that are deleted permanently.
    purge_followers: Sequence[Callable[[str, list[int]], None]] = ()
    # Columns with IDs of records that a merge moves to the record that is kept.
    merged_references: Sequence[Reference] = ()
    # What an undo of a merge does after these columns went back.
    merge_undo_followers: Sequence[Callable[[str, list[int]], None]] = ()
    # What uses a setting or a user: shown before they are changed, retired or deactivated.
    uses: Sequence[Callable[[Any, Any], list[Uses]]] = ()
    # What uses fields: shown with each custom field. Those of higher apps come first.
    field_uses: Sequence[Callable[[Schema], dict[str, str]]] = ()
    # Rows with amounts in the base currency or converted into it: while there are any, it can't change.
    stored_amounts: Sequence[StoredAmounts] = ()
    # What follows from a new base currency, given its code.
    base_currency_followers: Sequence[Callable[[str], None]] = ()
    # What replaces a value that a setting's removal replaces, in what keeps filters.
    value_replacements: Sequence[Callable[[str, int | str, int | str], None]] = ()
    # Models that keep the query of a list, by the names that operations store.
    stored_queries: Mapping[str, type[Model]] = field(default_factory=dict)
    # What `manage.py rebuild` compares with the history, beyond the columns of record types.
    rebuild_checks: Sequence[Callable[[], Iterator[Difference]]] = ()

    # Imports and programs --------------------------------------------------------------------------------------------

    # What a new import proposes for rows whose record is there already.
    first_import_choice: Callable[[], str] | None = None
    # What the mapping of an import says about columns of opt-outs.
    opt_out_notes: Sequence[Callable[[Import, str], str]] = ()
    # What a token may do, in the order of its form.
    token_resources: Sequence[TokenResource] = ()
    # The operations that webhooks can be notified of, in groups of the form.
    webhook_events: Sequence[tuple[Text, Sequence[tuple[str, Text]]]] = ()
    # The content of a webhook's call for its user, None if they can't see the operation.
    webhook_content: Callable[[Operation, Any], dict[str, Any] | None] | None = None
    # Looks for the records that a program means when it adds some that are there already.
    existing_records: Sequence[
        Callable[[str, Kind, Sequence[Mapping[str, Any]], Any, bool], Lookup | None]
    ] = ()
    # Tabs of Settings where other ways in choose what happens with such records.
    existing_record_settings: Sequence[SettingsPage] = ()

    # People, permissions, and pages ----------------------------------------------------------------------------------

    # Rows of the grid of a role, before those of the engine.
    permission_rows: Sequence[PermissionRow] = ()
    # Rows after those of the engine.
    last_permission_rows: Sequence[PermissionRow] = ()
    # Initial permissions of the shipped roles of managers, beyond those on records.
    manager_permissions: Sequence[str] = ()
    # Initial permissions of the shipped role Company Manager alone.
    company_manager_permissions: Sequence[str] = ()
    # Pages in the navigation, the profile and Settings.
    navigation: Navigation = Navigation()
    # Pages that the command palette finds, given the request.
    palette_pages: Sequence[Callable[..., Iterable[PalettePage]]] = ()
    # Whom a saved view can be shared with, given the user.
    view_audiences: Sequence[Callable[[Any], list[tuple[str, Any]]]] = ()
    # The roles that may see a custom field, as choices of its form.
    field_roles: Sequence[Callable[[], list[tuple[int, Any]]]] = ()
    # What each new notification starts, within its transaction.
    notification_followers: Sequence[Callable[[Notification], None]] = ()
    # What users are reminded of on the first working day of a week; says whether there was anything.
    weekly_reminders: Sequence[Callable[[User], bool]] = ()

    # Emails and timelines --------------------------------------------------------------------------------------------

    # Who gets an invitation to a meeting, with their language, time zone and lines for them alone, or None.
    invitation_readers: Sequence[Callable[[Invitation], InvitationReader | None]] = ()
    # The operations with meetings of whose undo those invited are told.
    followed_meetings: Sequence[str] = ()
    # The routes of emails to a record, given its type and ID and their author.
    email_routes: Sequence[Callable[[str, int, Any], Sequence[SendingRoute]]] = ()
    # The addresses that the company receives emails at.
    own_addresses: Sequence[Callable[[], Iterable[str]]] = ()
    # What a user should know before they write an email to a record.
    email_warnings: Sequence[Callable[[Any], Sequence[str]]] = ()
    # Why an email that waits may no longer be sent: the code of a problem, or ''.
    email_obstacles: Sequence[Callable[[Activity], str]] = ()
    # What an email has below its text when it's sent, or None.
    email_footers: Sequence[Callable[[Activity], EmailFooter | None]] = ()
    # The beginnings of the paths of links that are the recipient's alone: an answer that quotes them loses them.
    recipient_links: Sequence[str] = ()
    # The record that an email answers, given the IDs of the emails before it.
    thread_records: Sequence[Callable[[tuple[str, ...]], RecordId | None]] = ()
    # What an email that a person has written starts.
    received_email_followers: Sequence[Callable[[ReceivedMessage, datetime], None]] = ()
    # The record of an email that bounced.
    bounced_records: Sequence[Callable[[Bounce, datetime], RecordId | None]] = ()
    # The record of an email that was marked as spam, given its Message-ID.
    complaint_records: Sequence[Callable[[str, datetime], RecordId | None]] = ()
    # The threads of the emails among these activities, by ID: their keys.
    email_threads: Sequence[Callable[[list[int]], dict[int, str]]] = ()
    # What added these tasks, by ID: in words, without those that a person added.
    task_origins: Sequence[Callable[[list[int]], dict[int, str]]] = ()
    # Lines of a record's timeline, given its type and ID, the viewer, the moment before which, and how many.
    timeline_lines: Sequence[Callable[[str, int, Any, datetime | None, int], list[Any]]] = ()

    # Pages of leads, companies, contacts and deals; mailings and reports -----------------------------------------------

    # Cards on the page of a lead.
    lead_cards: Sequence[CardMaker] = ()
    # Cards on the page of a contact.
    contact_cards: Sequence[ContactCardMaker] = ()
    # Verbs whose activities the timeline of a lead shows in place of the times that they change.
    lead_activity_verbs: Sequence[str] = ()
    # What happens with leads that reach a won status.
    won_lead_followers: Sequence[WonLeadFollower] = ()
    # The only company that each imported lead may mean.
    company_finders: Sequence[CompanyFinder] = ()
    # Converts a lead into a company, given the lead, the company's ID and the user; '' or the code of what prevents it.
    company_converters: Sequence[Callable[[Lead, int, Any], str]] = ()
    # Lists on the page of a company.
    company_lists: Sequence[ListMaker] = ()
    # Lists on the page of a contact.
    contact_lists: Sequence[ListMaker] = ()
    # Lists on the page of a deal.
    deal_lists: Sequence[ListMaker] = ()
    # Whether a company, a contact or a deal has received a mailing itself.
    mailing_recipients: Sequence[Callable[[Any], bool]] = ()
    # Subjects of reports, with their measures.
    report_subjects: Sequence[MeasuredSubject] = ()
    # What a mailing lacks before it can be sent, as sentences.
    mailing_checks: Sequence[Callable[[Mailing], list[str]]] = ()

    # The machine -----------------------------------------------------------------------------------------------------

    # The app's SQL functions and views in the order of their dependencies, called once all record types are known.
    database_functions: Callable[[], Sequence[str]] = tuple
    # What happens before the app's migrations.
    before_migrations: Sequence[Callable[..., Any]] = ()
    # What happens after the app's migrations.
    after_migrations: Sequence[Callable[..., Any]] = ()
    # What happens after the migrations of all apps.
    after_all_migrations: Sequence[Callable[..., Any]] = ()
    # What happens with each new connection to the database.
    connection_receivers: Sequence[Callable[..., Any]] = ()
    # Where rows name files of the store, so that they aren't removed as orphaned.
    named_files: Sequence[NamedFiles] = ()
    # What happens after a backup was restored.
    restore_followers: Sequence[Callable[[Say], None]] = ()
    # Steps of the checklist of a new installation.
    setup_steps: Sequence[SetupStep] = ()
    # Further pages where a step of a lower app can be done.
    setup_pages: Sequence[SetupPage] = ()
    # Forms for anyone, with the size that their requests may have.
    public_forms: Sequence[Public] = ()
    # URL namespaces whose pages read for long, and so on a replica if there is one.
    long_reads: Sequence[str] = ()
    # Where requests read if not on the primary.
    read_ways: FromPrimary | None = None
    # What a process does once everything is registered.
    at_start: Sequence[Callable[[], None]] = ()
    # The app's part of the demo company.
    demo_parts: Sequence[DemoPart] = ()
    # What is added to each chunk of leads of the demo company.
    demo_lead_followers: Sequence[Callable[[Any], None]] = ()
    # Creates the first users of a production system.
    first_users: Sequence[Callable[[Say], None]] = ()
    # Raises SettingError if they can't be created, before a database gets its tables.
    first_user_checks: Sequence[Callable[[], None]] = ()
