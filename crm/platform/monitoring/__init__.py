"""How Leadwell is watched: metrics for Prometheus, slow queries, and traces. Each is a setting (docs/monitoring.md)."""
