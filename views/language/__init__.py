"""Languages of the screens. Chinese is what everything is written and stored in; English is read from it.

`keys.py` finds every text that a screen may show (templates, Python, declarations, help), `catalogue.py` holds their English
(views/translations/en/*.po), `reader.py` says a Chinese text in English, `page.py` does so to a finished page.
"""
