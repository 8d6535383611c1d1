"""Tests of the command line's acts."""
