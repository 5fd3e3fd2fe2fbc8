"""The verbs of deals that follow the contract of their stage: those of leads, with the fields of deals."""

from functools import partial
from typing import Any, ClassVar

from customers.models import Deal
from leads import verbs

Add = verbs.Add
Move = partial(verbs.Move, moved=Deal)
ChangePipeline = partial(verbs.ChangePipeline, moved=Deal)


class Edit(verbs.Edit):
    edited: ClassVar[Any] = Deal
