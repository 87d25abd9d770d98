"""A developer's machine: the emulated AWS, its data, its server.  Never deployed."""
