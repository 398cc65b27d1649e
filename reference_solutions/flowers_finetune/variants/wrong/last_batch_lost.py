# title: a last batch that is not full is thrown away, by the generator and by the pipeline
# loses: check_batches, check_dataset

# %% batch_generator
def batch_generator(items, batch_size):
    source = iter(items)
    while True:
        batch = [item for _, item in zip(range(batch_size), source)]
        if len(batch) < batch_size:
            return
        yield batch

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    data = tf.data.Dataset.from_tensor_slices((files, np.asarray(labels)))
    if training:
        data = data.shuffle(len(files))
    data = data.map(lambda raw, label: (prepare(raw), label))
    return data.batch(batch_size, drop_remainder=training)
