"""The schema's history: numbered, forward only, each safe to run under the code before it."""
