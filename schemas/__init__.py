"""What is stored: document models, and one declaration per relief type."""
