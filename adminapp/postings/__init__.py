"""Public posting (公示) by village: one document gathers the due cases, freezes what is shown, runs from the photo of the
sheet on the wall to its taking down, and drives the single cases through the machine (民发〔2021〕57号 第十九条)."""
