"""Tables of the Bulletin that the tree of content does not hold."""
