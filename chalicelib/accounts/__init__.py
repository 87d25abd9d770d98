"""People: set-up of the first, signing in and out, sessions, activation."""
