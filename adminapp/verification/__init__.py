"""Verification of the economic status (家庭经济状况核对): who must authorise, what is asked, batches, reports, objections."""
