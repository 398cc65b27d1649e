# title: softmax normalises over the images instead of the classes
# loses: check_softmax

# The models answer with scores, so that this function is all that suffers.

# %% softmax
def softmax(logits):
    powers = tf.exp(logits - tf.reduce_max(logits, axis=0, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=0, keepdims=True)

# %% softmax_predict
def softmax_predict(images):
    return softmax_logits(prepare(images), W, b)

# %% mlp_predict
def mlp_predict(images):
    return mlp_logits(prepare(images))
