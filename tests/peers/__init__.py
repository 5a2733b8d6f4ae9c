"""Other people's engines, asked the same questions: each runs in a process of the environment that `scripts/peers` made."""
