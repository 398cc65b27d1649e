# title: the source is read to its end before the first batch
# loses: check_batches

# %% batch_generator
def batch_generator(items, batch_size):
    items = list(items)
    for start in range(0, len(items), batch_size):
        yield items[start : start + batch_size]
