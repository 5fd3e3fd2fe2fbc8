"""What reports count beside leads, each subject with its measures. reports/contribution.py names them."""
