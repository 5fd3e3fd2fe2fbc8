"""What assistants may do at most, what they have done, what they have previewed, and how they are connected."""

from assistants.models.assistant_connection import AssistantConnection
from assistants.models.assistant_limits import AssistantLimits
from assistants.models.assistant_program import AssistantProgram
from assistants.models.assistant_use import AssistantUse
from assistants.models.change_preview import ChangePreview

__all__ = ["AssistantConnection", "AssistantLimits", "AssistantProgram", "AssistantUse", "ChangePreview"]
