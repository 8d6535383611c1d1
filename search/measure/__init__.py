"""Measuring search: a corpus with questions, how well and how fast each engine answers them, beside others."""
