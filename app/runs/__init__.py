"""What pages ask the engine for: jobs in a queue, with what they take and what they give."""
