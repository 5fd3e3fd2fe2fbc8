"""Running an automation for the records that meet its conditions now, because someone asked for it."""
