"""Training questions: the stored references of experiments, what they let a question claim, and how they are told."""
