"""What leaves the system: rows and options in, bytes out."""
