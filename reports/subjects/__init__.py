"""What reports count beside leads, each subject with its measures. reports/apps.py registers them."""
