"""Dispatch: letters, their approval and signing, and one delivery per recipient with its proof."""
