"""The portal itself: its registry of taxpayers, its rules and its limits."""
