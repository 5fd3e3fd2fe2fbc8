"""What assistants add to the product."""

from assistants.permissions import OF_STEERING, ROW
from assistants.settings_page import NEW_ASSISTANT, OWN_ASSISTANTS
from product.contribution import Contribution, Navigation

CONTRIBUTION = Contribution(
    jobs=("assistants.jobs",),
    permission_rows=(ROW,),
    manager_permissions=OF_STEERING,
    navigation=Navigation(profile=[OWN_ASSISTANTS], new_settings=[NEW_ASSISTANT]),
)
