"""What runs beside the screens of casework: sweeps of postings, objections, complaints, public pages, entries of registers."""

from adminapp import worklist
from adminapp.complaints import course as complaints
from adminapp.complaints import work as complaint_work
from adminapp.jobs import consumer
from adminapp.objections import course as objections
from adminapp.objections import work as objection_work
from adminapp.postings import course as postings
from adminapp.postings import longterm
from adminapp.postings import work as posting_work
from adminapp.public import refresh as public
from adminapp.registers import entries


def register():
    """Register sweeps and sources of work. Safe to call again."""
    for source in (*posting_work.SOURCES, *objection_work.SOURCES, *complaint_work.SOURCES):
        worklist.register(source)
    consumer.SWEEPS["postings"] = postings.sweep
    consumer.SWEEPS["long_postings"] = longterm.sweep
    consumer.SWEEPS["objections"] = objections.sweep
    consumer.SWEEPS["complaints"] = complaints.sweep
    consumer.SWEEPS["public_pages"] = public.sweep
    consumer.SWEEPS["register_entries"] = lambda engine: entries.sweep()
