# title: pictures are shuffled for validation and prediction, too
# loses: check_dataset

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    data = tf.data.Dataset.from_tensor_slices((files, np.asarray(labels)))
    data = data.map(lambda file, label: (prepare(file), label))
    return data.shuffle(len(files)).batch(batch_size)
