# title: prints ten million lines
# earns: 0

# %% + after:setup
for line in range(10_000_000):
    print(line, "All work and no play makes Jack a dull boy")
