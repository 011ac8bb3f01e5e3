"""What this installation holds about people, told to whoever asks."""
