# title: prints ten million lines
# earns: 0
# keeps: 0

# Tries: the grader stores, shows or reads all of it. An honest one keeps both ends and stops the cell at its limit.

# %% + after:setup
for line in range(10_000_000):
    print(line, "All work and no play makes Jack a dull boy")
