"""The timeline as a story: one entry for each thing that a person did."""
