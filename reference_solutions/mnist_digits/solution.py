# %% [markdown]
# # Week 2: the reference solution
#
# Each cell that is headed by a `grade_id` is the whole answer cell as it stands in the notebook.
# Cells without an id are here for the reader only and go nowhere. With `train.npz` and
# `valid.npz` in the working folder this file also runs as a program.

# %%
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

EPOCHS = 10


def batches(X, Y, size=128):
    order = np.random.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield X[rows], Y[rows]


# %% [markdown]
# ## Images into rows
#
# Division by 255.0 would give float64, which TensorFlow does not mix with float32.


# %% prepare
def prepare(images):
    """Images as rows of numbers between 0 and 1.

    images [n, 28, 28], uint8 from 0 to 255; returns [n, 784], float32.
    """
    return images.reshape(len(images), -1).astype(np.float32) / 255


# %% one_hot
def one_hot(labels):
    """Class numbers as rows with a single 1.

    labels [n], whole numbers from 0 to 9; returns [n, 10], float32.
    """
    return np.eye(10, dtype=np.float32)[labels]


# %%
with np.load(Path("train.npz")) as file:
    X_train, Y_train = prepare(file["x"]), one_hot(file["y"])
with np.load(Path("valid.npz")) as file:
    X_valid, Y_valid = prepare(file["x"]), one_hot(file["y"])

# %% [markdown]
# ## Softmax regression


# %% softmax_logits
def softmax_logits(X, W, b):
    """The scores of every row for every class.

    X [n, d], W [d, c], b [c], float32 tensors or variables; returns [n, c].
    """
    return X @ W + b


# %% softmax
def softmax(logits):
    """Probabilities of the classes.

    logits [n, c]; returns [n, c]; each row adds up to 1.
    """
    return tf.nn.softmax(logits, axis=-1)


# %% [markdown]
# log p = z - log sum exp z never forms a probability, so none can round to zero. `log_softmax`
# takes the largest score out of the sum first, so that nothing overflows either.


# %% cross_entropy
def cross_entropy(logits, y_onehot):
    """Mean cross-entropy, finite and right for scores of up to some hundreds.

    logits [n, c], y_onehot [n, c] of zeros and ones; returns one number, in nats.
    """
    surprise = -tf.reduce_sum(y_onehot * tf.nn.log_softmax(logits), axis=-1)  # [n]
    return tf.reduce_mean(surprise)


# %% softmax_step
def softmax_step(X, y_onehot, W, b, learning_rate):
    """One step of gradient descent on the mean cross-entropy of a batch; changes W and b in place.

    X [n, d], y_onehot [n, c], variables W [d, c] and b [c]; returns the loss before the step.
    """
    with tf.GradientTape() as tape:
        loss = cross_entropy(softmax_logits(X, W, b), y_onehot)
    dW, db = tape.gradient(loss, [W, b])
    W.assign_sub(learning_rate * dW)
    b.assign_sub(learning_rate * db)
    return loss


# %% [markdown]
# The problem is convex, so that zeros are as good a start as any. A rate of 0.3 is near the
# largest that still descends smoothly on these images.

# %% softmax_train
W = tf.Variable(tf.zeros((784, 10)))
b = tf.Variable(tf.zeros(10))
quick_step = tf.function(softmax_step)

softmax_history = []
for _epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        quick_step(tf.constant(X_batch), tf.constant(Y_batch), W, b, tf.constant(0.3))
    softmax_history.append(float(cross_entropy(softmax_logits(X_valid, W, b), Y_valid)))


# %% softmax_predict
def softmax_predict(images):
    """What your trained softmax regression makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return softmax(softmax_logits(prepare(images), W, b))


# %% [markdown]
# ## Two hidden layers
#
# The model is a list of (matrix, bias) pairs and a function that runs through it.

# %% mlp_train
import itertools

sizes = [784, 256, 256, 10]
mlp_layers = [
    (
        tf.Variable(tf.random.normal((inputs, units), stddev=(2 / inputs) ** 0.5)),
        tf.Variable(tf.zeros(units)),
    )
    for inputs, units in itertools.pairwise(sizes)
]
mlp_variables = [variable for layer in mlp_layers for variable in layer]
mlp_optimizer = keras.optimizers.Adam(1e-3)


def mlp_logits(X):
    hidden = X
    for M, c in mlp_layers[:-1]:
        hidden = tf.nn.relu(hidden @ M + c)
    M, c = mlp_layers[-1]
    return hidden @ M + c


@tf.function(reduce_retracing=True)
def mlp_step(X, Y):
    with tf.GradientTape() as tape:
        loss = cross_entropy(mlp_logits(X), Y)
    gradients = tape.gradient(loss, mlp_variables)
    mlp_optimizer.apply_gradients(zip(gradients, mlp_variables, strict=True))
    return loss


mlp_history = []
for _epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        mlp_step(tf.constant(X_batch), tf.constant(Y_batch))
    mlp_history.append(float(cross_entropy(mlp_logits(X_valid), Y_valid)))


# %% mlp_predict
def mlp_predict(images):
    """What your trained network makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return softmax(mlp_logits(prepare(images)))


# %% [markdown]
# ## Keras

# %% keras_train
model = keras.Sequential(
    [
        keras.layers.Input((784,)),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
fitted = model.fit(
    X_train,
    Y_train,
    batch_size=128,
    epochs=EPOCHS,
    validation_data=(X_valid, Y_valid),
    verbose=0,
)
keras_history = fitted.history["val_loss"]

# %% [markdown]
# ## The backward pass
#
# With P the probabilities, dL/dZ = (P - Y) / n: raising the score of the right class lowers the
# loss by what is missing to 1, raising another raises it by the probability that it already has.
# The rest is the rule for a product: each factor's slope is the slope of the result times the
# other factor, transposed so that the shapes fit; b is added to every row, so its slopes add up.


# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    """Mean cross-entropy of softmax(X @ W + b), and its gradients, in numpy.

    X [n, d], W [d, c], b [c], y_onehot [n, c] of zeros and ones.
    Returns (loss, dX [n, d], dW [d, c], db [c]).
    """
    Z = X @ W + b
    Z = Z - Z.max(axis=1, keepdims=True)
    log_p = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    loss = -(y_onehot * log_p).sum() / len(X)
    dZ = (np.exp(log_p) - y_onehot) / len(X)
    return loss, dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


# %% [markdown] mechanics_in_words
# **What does a training step do to sure answers, and why must weights start unequal?**
#
# The slope along the scores of image i is (p - y) / n, and a step moves the weights against it.
# Right with 0.99: the entry of the right class is -0.01 / n, the others share 0.01 / n. Nearly
# nothing is pushed; what is already known costs no effort. Wrong with 0.99: the wrong class has a
# slope of nearly 1 / n and the right one of nearly -1 / n, the largest there is: the wrong score
# goes down, the right one up. The size of the push is the size of the mistake, and it is bounded:
# one mislabelled image cannot throw the weights arbitrarily far.
#
# Units of one layer with the same weights compute the same value; if their outgoing weights are
# alike too, they receive the same slope, make the same step, and stay copies of each other for
# ever: 256 units do the work of one. Unequal starts break this symmetry.
#
# *For staff, one point each: the push is p - y, small when right and about 1 when wrong (with its
# signs); equal units get equal gradients and stay equal.*
