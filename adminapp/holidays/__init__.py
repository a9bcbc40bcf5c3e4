"""The county's calendar (放假安排): days the package does not know, entered when the State Council publishes them."""
