"""The nodes for n8n."""
