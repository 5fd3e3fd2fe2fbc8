"""The page of a lead."""
