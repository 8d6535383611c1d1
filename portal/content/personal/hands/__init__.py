"""The process that opens attached files: bytes and a request on its input, an answer and perhaps bytes on its output.

A hostile file can at most end this process. See ``portal.content.personal.process``.
"""
