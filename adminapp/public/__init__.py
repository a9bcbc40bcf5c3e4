"""Public pages (公示、政策宣传), made beforehand from postings and declarations; no request for one reads a case."""
