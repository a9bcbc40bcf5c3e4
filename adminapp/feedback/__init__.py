"""What people tell the government, as objections and complaints share it: receipts, sealed names, papers, written replies."""
