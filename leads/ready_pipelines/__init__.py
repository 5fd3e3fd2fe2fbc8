"""Ready-made pipelines: statuses, stages, sources and lost reasons for one kind of company, used in one operation."""
