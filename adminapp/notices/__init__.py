"""Notices (文书) of a case: which exist, when one is earned, what it says and in which words. Nothing here prints or stores.

    kinds          the notices that exist, with their placeholders; placeholders   those that several share
    templates      what an administrator may write in a template
    own_wording    the template a type prints a notice with
    due            the notices that the records of a case have earned
    view           what the words of one notice are taken from; common   what every paper about a case says
    intake decisions awards findings   the words of each kind, by what it tells of: one function a kind, `View` in, texts and tables out
    wording        dates, months and reasons as a notice writes them
    draft          all of it together: a notice before it has a number

Keys of texts and tables are the placeholders' of the kind. Issued notices are schemas/notice.py, pages exports/notices.
"""
