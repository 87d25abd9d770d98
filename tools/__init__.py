"""What `dev.py` runs, one module per command."""
