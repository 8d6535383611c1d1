"""Wrota: the software with which a Polish municipality serves its people."""
