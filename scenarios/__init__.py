"""Named scenarios, official data, the built-in geography, and reports on plans."""
