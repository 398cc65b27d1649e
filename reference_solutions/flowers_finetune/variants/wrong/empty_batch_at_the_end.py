# title: where the last batch is full, an empty one follows
# loses: check_batches

# %% batch_generator
def batch_generator(items, batch_size):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == batch_size:
            yield batch
            batch = []
    yield batch
