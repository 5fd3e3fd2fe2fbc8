"""Records with an owner: assigning, sharing and reassigning them."""
