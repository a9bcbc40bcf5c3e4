"""Recipes (转换方案): how cases of an earlier version come under a new one, with what becomes of each stored value.

A case stands under its version for ever unless a recipe moves it. A recipe says for each new field how its value is made
from the old ones, and for each state that the new version no longer has where its cases go on. It is shown value by value
before it runs, stands in the log of every case, and is undone to the last bit as long as nothing was done on the case since.
"""
