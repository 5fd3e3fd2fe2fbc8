"""What assistants may do at most, what they have done, and what they have previewed."""

from assistants.models.assistant_limits import AssistantLimits
from assistants.models.assistant_use import AssistantUse
from assistants.models.change_preview import ChangePreview

__all__ = ["AssistantLimits", "AssistantUse", "ChangePreview"]
