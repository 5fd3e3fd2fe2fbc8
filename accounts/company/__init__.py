"""The company's own settings: what all users share unless they decide differently."""
