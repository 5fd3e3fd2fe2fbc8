"""Who may use a ready-made pipeline: those who may change everything that it changes."""

RIGHTS = [
    "leads.change_pipeline",
    "leads.add_status",
    "leads.change_status",
    "leads.add_source",
    "leads.change_source",
    "leads.add_lostreason",
    "leads.change_lostreason",
]
