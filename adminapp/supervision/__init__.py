"""Supervision by leaders and county: deadlines, spot checks, warnings, inspection."""
