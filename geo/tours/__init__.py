"""Tours 走访: who must be visited, shared among workers, accepted, done, and planned anew when one is called away."""
