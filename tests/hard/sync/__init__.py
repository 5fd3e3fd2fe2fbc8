"""Programs that keep the records of Leadwell and of another CRM the same, while everything goes wrong that can."""
