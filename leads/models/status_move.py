"""Moves of leads between statuses."""

from django.db import models

from crm.models import Operation
from leads.models.status import Status


class StatusMove(models.Model):
    """A lead's stay in a status, written by the lead's triggers (leads/triggers/lead_triggers.py) and by nothing else.

    `left` is empty while the lead is there; `undone` moves never count.
    """

    lead = models.ForeignKey("leads.Lead", models.CASCADE, related_name="moves")
    from_status = models.ForeignKey(Status, models.PROTECT, null=True, related_name="+", db_index=False)
    to_status = models.ForeignKey(Status, models.PROTECT, related_name="+", db_index=False)
    entered = models.DateTimeField()
    left = models.DateTimeField(null=True)
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, db_index=False, related_name="+")
    undone = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["to_status", "entered"], name="move_to_status"
            ),  # reports: conversion, time in status
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=models.Q(left=None, undone=False), name="move_open"
            )
        ]
