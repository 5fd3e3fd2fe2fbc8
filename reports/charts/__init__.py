"""Charts as SVG, drawn on the server.

The libraries that draw SVG write inline styles or scripts, which our policy doesn't allow, or scale their text with the
width, which makes it unreadable on a phone. These pictures have widths in percent and text of the page's size.
"""
