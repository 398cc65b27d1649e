# title: the order of training is that of the files
# loses: check_dataset

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    data = tf.data.Dataset.from_tensor_slices((files, np.asarray(labels)))
    data = data.map(lambda raw, label: (prepare(raw), label))
    if training:
        data = data.map(lambda x, y: (tf.image.random_flip_left_right(x), y))
    return data.batch(batch_size)
