"""Merging exact duplicates by a rule: the plan that is previewed, and the job that merges exactly what was previewed."""
