"""How soon a lead has to be contacted first."""
