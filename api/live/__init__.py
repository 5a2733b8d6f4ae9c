"""The live stream: one hub a process, one sender a client."""
