"""Grading, papers and attempts."""
