"""How the answer of a report is shown."""
