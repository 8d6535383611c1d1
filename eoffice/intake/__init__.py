"""Intake: what came in through any channel, exactly as it came."""
