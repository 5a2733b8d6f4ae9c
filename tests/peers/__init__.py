"""Other engines, asked the same questions: each is a process in the environment that `scripts/peers` made."""
