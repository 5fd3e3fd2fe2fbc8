"""The timeline in groups: one entry for each thing that a person did."""
