# title: a generator that looks one item ahead and gives tuples; a pipeline that keeps its pictures

# %% batch_generator
def batch_generator(items, batch_size):
    source = iter(items)
    end = object()
    ahead = next(source, end)
    while ahead is not end:
        batch = []
        while ahead is not end and len(batch) < batch_size:
            batch.append(ahead)
            ahead = next(source, end)
        yield tuple(batch)

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    pictures = tf.data.Dataset.from_tensor_slices(list(files)).map(prepare).cache()
    classes = tf.data.Dataset.from_tensor_slices(np.asarray(labels, dtype=np.int32))
    data = tf.data.Dataset.zip((pictures, classes))
    if training:
        data = data.shuffle(2 * len(files), reshuffle_each_iteration=True)
        data = data.map(lambda x, y: (tf.image.random_flip_left_right(x), y))
        data = data.map(lambda x, y: (tf.clip_by_value(tf.image.random_brightness(x, 0.1), -1, 1), y))
    return data.batch(batch_size)
