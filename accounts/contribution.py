"""What users, departments and roles add to the engine."""

from accounts.company import setup_steps
from accounts.company.base_currency import follow_undo
from accounts.company.events import COMPANY_EVENTS
from accounts.demo import PART
from accounts.free_busy.busy_times import get_meeting_times, get_task_times
from accounts.free_busy.calendar_people import get_people_days
from accounts.navigation import get_navigation_pages
from accounts.ownership import notifications, reasons
from accounts.push.push_delivery import queue_push_messages
from accounts.roles.initial_data import install_roles_and_department
from accounts.roles.sharing_audiences import (
    get_department_choices,
    get_field_role_choices,
    get_role_choices,
)
from accounts.users import undo_check
from accounts.users.first_administrator import announce_first_administrator, check_environment
from accounts.users.user_uses import find_uses_of_user
from accounts.working_time.calendar import find_openings
from accounts.working_time.working_time_sql import build_working_after_sql
from crm.platform.configuration.company import build_company_time_zone_sql
from product.contribution import Contribution

CONTRIBUTION = Contribution(
    jobs=(
        "accounts.authentication.sessions",
        "accounts.jobs",
        "accounts.push.push_delivery",
        "accounts.reminders.task_reminders",
    ),
    notifications=(
        "accounts.ownership.notifications",
        "accounts.users.account_changes",
        "accounts.users.deactivation_notices",
    ),
    start_page=("accounts.company.demo_part", "accounts.company.setup_part", "accounts.health"),
    setup_steps=setup_steps.STEPS,
    verbs=("accounts.company.company_change", "accounts.company.demo_removal"),
    checks=("accounts.checks",),
    sign_in_receivers=("accounts.authentication.sessions", "accounts.authentication.sign_in_log"),
    reasons=reasons.REASONS,
    undo_remedies=undo_check.REMEDIES,
    edit_followers=(notifications.notify_owners_in_values,),
    work_openings=(find_openings,),
    busy_times=(get_meeting_times, get_task_times),
    people_days=(get_people_days,),
    uses=(find_uses_of_user,),
    undo_followers=(follow_undo,),
    palette_pages=(get_navigation_pages,),
    webhook_events=COMPANY_EVENTS,
    view_audiences=(get_department_choices, get_role_choices),
    field_roles=(get_field_role_choices,),
    notification_followers=(queue_push_messages,),
    database_functions=lambda: [build_working_after_sql(build_company_time_zone_sql())],
    after_all_migrations=(install_roles_and_department,),
    demo_parts=(PART,),
    first_users=(announce_first_administrator,),
    first_user_checks=(check_environment,),
)
