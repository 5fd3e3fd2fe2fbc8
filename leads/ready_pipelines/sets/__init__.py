"""The ready-made pipelines, one file each; leads/ready_pipelines/catalog.py has them in order."""
