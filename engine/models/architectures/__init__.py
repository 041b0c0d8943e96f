"""Network architectures, one per file; they know neither weights nor data."""
