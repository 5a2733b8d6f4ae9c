"""Layers as files to take away: read by parts, written by parts, never whole in memory."""
