"""Long runs, one command each."""
