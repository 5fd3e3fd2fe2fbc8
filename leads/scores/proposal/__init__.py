"""A proposal of score rules from the company's own past: what told the leads that were won from those that weren't."""
