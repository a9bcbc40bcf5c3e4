"""Household visits (入户调查): what a visit found beside what was declared, and packs of visits on paper."""
