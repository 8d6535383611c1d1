"""Grammars of feeds, written from the standards by the tests: the program has no part in them."""
