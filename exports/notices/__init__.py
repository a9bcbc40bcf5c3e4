"""Notices (文书) as PDF: HTML templates with placeholders in, pages out.

adminapp/notices says which notices and placeholders exist and checks what an administrator wrote; story.py fills it in,
typeset.py breaks Chinese lines, page.py lays the page, render.py joins them, pool.py runs them in processes of their own.
"""
