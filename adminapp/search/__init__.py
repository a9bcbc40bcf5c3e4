"""Search everywhere: cases by name, pinyin and number (cases.py), villages (places.py); terms.py says what a case is found by."""
