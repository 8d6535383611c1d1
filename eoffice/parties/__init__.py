"""Parties (interesanci): each person and organisation known once, whatever system met them first."""
