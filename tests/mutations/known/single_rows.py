"""There is one such row at most, so the first is the last."""

REASONS: dict[str, tuple[str, ...]] = {
    "There is one record with this number.": (
        "crm/fields/custom/values/stored_values.py attach_stored_values: rows.values_list(ALL, flat=True).first() → last(…)",
    ),
    "The table has no other row.": (
        "leads/scores/scoring.py start_scoring_rounds: filter(pk=ScoreState.ROW) → all()",
    ),
    "No two records of a type have the same number.": (
        "crm/work/activities/scope.py ActivityScope._build_records_condition: 1 → 2",
    ),
    "No two users have the same email.": (
        "accounts/authentication/password_links.py send_forgotten_link: User.objects.active().with_email(email).first() → last(…)",
        "accounts/single_sign_on/user_matching.py _sign_in_first_time: User.objects.with_email(person.email).first() → last(…)",
        "mailboxes/receiving/personal_messages.py _add_to_records: User.objects.active().with_email(sender).first() → last(…)",
    ),
    "There is one installation.": (
        "crm/platform/files/orphaned_files.py may_sweep: Installation.objects.first() → last(…)",
    ),
    "There is one policy at most.": (
        "accounts/single_sign_on/sign_in_policy.py get_policy: SignOnPolicy.objects.first() → last(…)",
    ),
    "A constraint of the database says that no two rows have the same provider and subject.": (
        "accounts/single_sign_on/user_matching.py get_or_create_user: Identity.objects.with_subject(provider, person.subject).select_related('user').… → last(…)",
    ),
    "An invited address has one answer to an activity.": (
        "crm/work/invitations/invitation_answers.py _store_answer: InvitationAnswer.objects.filter(**own).first() → last(…)",
    ),
    "No two bookings have the same submission.": (
        "bookings/meeting_booking.py find_booking: Booking.objects.of_submission(submission).with_meeting().first() → last(…)",
    ),
    "Only the first one is read.": ("mailings/responses/mailing_results.py get_results: 1 → 2",),
    "No two leads have the same number.": ("leads/queue/waiting_leads.py _build_tasks_sql: 1 → 2",),
    "A lead has one department, so none is in two of the parts.": (
        "leads/queue/waiting_leads.py get_unassigned_leads: True → False",
    ),
    "An email of one record is edited in one row.": (
        "sequences/verbs/edit_coming_email.py EditComingEmail.build_unchanged_condition: self.kept.values_list('subject', 'text').first() → last(…)",
    ),
    "Two activities never have the same Message-ID.": (
        "mailboxes/receiving/bounces.py mark_email_bounced: (rows.by_user(author) if author else rows).with_author().first() → last(…)",
    ),
    "A user has one unfinished job at most that undoes this day.": (
        "automations/day_undo/day_reversal.py start_day_job: Job.objects.unfinished().of_kind_and_user(JOB, user, **values).first() → last(…)",
    ),
    "A token has one answer for each key.": (
        "crm/api/idempotency.py get_earlier_response: ApiReply.objects.with_key(token, key).first() → last(…)",
    ),
}
