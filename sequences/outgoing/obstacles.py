"""Whether an email of a sequence may still go, judged right before: the sequence may have ended since the email was written, or
would end at the next look."""

from crm.models import Activity
from sequences.models import Enrollment, EnrollmentStep
from sequences.running.judgment import find_stop_reasons

StopReason = Enrollment.StopReason
# The problem of the email, by why the sequence ended; all others are "stopped".
PROBLEMS: dict[str, str] = {
    StopReason.REPLIED: "replied",
    StopReason.UNSUBSCRIBED: "unsubscribed",
    StopReason.SUPPRESSED: "suppressed",
}


def find_obstacle(email: Activity) -> str:
    """A key of PROBLEMS (crm/work/emails/delivery_problems.py), or ''. Opt-outs are judged for the emails of all rules
    (mailings/suppression/rule_recipients.py)."""
    log = EnrollmentStep.objects.of_activities([email.pk]).select_related("enrollment")
    step = log.first()
    if step is None:
        return ""
    found = step.enrollment
    reason = found.stop_reason or find_stop_reasons([found.pk]).get(found.pk, "")
    return PROBLEMS.get(reason, "stopped") if reason else ""
