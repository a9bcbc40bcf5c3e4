"""The engine and the app: it knows no relief type by name."""
