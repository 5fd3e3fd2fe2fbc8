"""Records between two kinds, such as employments: what they all share (customers/models/related_item.py)."""
