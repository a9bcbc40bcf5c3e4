"""Democratic appraisals (民主评议): one meeting judges many cases, and writes into each what was said and voted on it."""
