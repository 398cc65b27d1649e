# title: the network's answer has a column for each image
# loses: check_mlp_accuracy, check_mlp_history

# %% mlp_predict
def mlp_predict(images):
    return tf.transpose(mlp_logits(prepare(images)))
