# title: pictures and labels are shuffled, but not together
# loses: check_dataset, check_curve, check_accuracy

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    pictures = tf.data.Dataset.from_tensor_slices(files).map(prepare)
    classes = tf.data.Dataset.from_tensor_slices(np.asarray(labels))
    if training:
        pictures, classes = pictures.shuffle(len(files)), classes.shuffle(len(files))
    return tf.data.Dataset.zip((pictures, classes)).batch(batch_size)
