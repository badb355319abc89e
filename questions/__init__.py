"""Questions as data: the model, variants, reading what was typed, and the shipped bank."""
