"""What has changed in the pipelines of leads and deals since a day."""
