"""Arrays and certificates -> pictures, sentences and documents."""
