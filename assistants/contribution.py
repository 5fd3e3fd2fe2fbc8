"""What assistants add to the product."""

from assistants.settings_page import NEW_ASSISTANT
from product.contribution import Contribution, Navigation

CONTRIBUTION = Contribution(
    jobs=("assistants.jobs",),
    navigation=Navigation(new_settings=[NEW_ASSISTANT]),
)
