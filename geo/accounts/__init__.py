"""Who may do what where: accounts, their sessions, and the sources of readings."""
