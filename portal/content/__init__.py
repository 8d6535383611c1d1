"""The tree of pages: items, immutable versions, workflow, acquisition."""
