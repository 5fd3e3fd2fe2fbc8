"""The further contacts of a deal, each with a role."""
