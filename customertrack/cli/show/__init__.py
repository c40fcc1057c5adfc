"""What a person sees: words, values, tables, progress, and what a run shows while it runs and when it has ended."""
