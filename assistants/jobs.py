"""What the housekeeping does for assistants: previews that can't be applied any more are deleted."""

from assistants.models import ChangePreview
from crm.platform.jobs.housekeeping import every_hour


@every_hour
def delete_expired_previews() -> int:
    return ChangePreview.objects.expired().delete()[0]
