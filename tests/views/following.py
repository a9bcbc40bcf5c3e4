"""Goes from the first page of a list to the next, as a reader does."""

import html
import re


def two_pages(browser, path, pattern):
    """Return what stands on the first page of a list and on the one behind it, sorted, each match of `pattern` once; the second is the last."""
    first = browser.get(path).text
    second = browser.get(html.unescape(re.search(r'rel="next" href="([^"]+)"', first)[1]).partition("#")[0]).text
    assert 'rel="next"' not in second
    return [sorted(set(re.findall(pattern, page))) for page in (first, second)]
