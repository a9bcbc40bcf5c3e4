"""Releases (发布方案): one or more drafts that are checked, simulated, approved by a second person, and published together.

A release pins the text of its drafts by digest. Whoever edits a draft afterwards sends the release back to its beginning.
"""
