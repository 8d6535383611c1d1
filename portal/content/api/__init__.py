"""The content as data for programs, under ``/api/v1/``: read by everyone's rights, written with an access token."""
