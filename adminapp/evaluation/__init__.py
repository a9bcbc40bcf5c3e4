"""The pilot's evaluation (试点评估): how each township did in a span of months, counted from the rows of registers."""
