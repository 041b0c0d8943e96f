"""The papers' figures and tables, computed again, beside the bundled records."""
