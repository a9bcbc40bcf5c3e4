"""The life of a case: which steps there are, who may do what next, what each leaves behind, and by when."""
