"""The editors' room (``/redakcja/``): the tree, what waits for whom, writing, comparing, publishing."""
