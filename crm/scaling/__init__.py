"""Optional parts for more than one machine or very many changes: replicas and history by month."""
