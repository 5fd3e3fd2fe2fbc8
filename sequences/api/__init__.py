"""Sequences in API v2: reading them and who is in them, and starting and stopping one for a record. For many records that is a bulk
change (crm/api/v2/bulk_changes.py), with its preview. Setting one up is for people, who see its emails first."""
