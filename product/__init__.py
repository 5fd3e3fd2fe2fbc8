"""What puts the ten apps together: each declares what it adds to the product, and one function hands that out."""
