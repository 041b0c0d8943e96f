"""Settings and an input -> draws -> counts -> decisions -> a certificate, and its checks."""
