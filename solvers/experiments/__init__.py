"""Experiments: networks trained for real from a typed specification, so that anyone can run a reference answer again."""
