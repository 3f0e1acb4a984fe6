"""The portal: its registry of taxpayers, its rules and its limits."""
