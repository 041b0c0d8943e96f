"""Small browser components, one per file."""
