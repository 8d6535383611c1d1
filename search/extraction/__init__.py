"""The reading process: bytes on its input, JSON with pages on its output. See ``search.extract``."""
