"""mnist_digits: softmax regression and a network on a gradient tape, and the same in Keras.

Functions are called on inputs that nobody outside the staff has seen. The models are asked about
held-out images: the student's own two by their predict functions, the Keras model in a sandbox of
its own. What the three reach is measured by the spread of the reference's. Both networks start to
earn where softmax regression ends: without a non-linearity they are nothing more. Where `softmax`
is wrong, the own two are asked once more with a right one; where `prepare` is wrong, the Keras
model once more about its rows: one slip is charged once.

Not judged: whether the validation images were trained on (they are given out, and the held-out
ones are what counts), biases of the hidden layers (accuracy does not show them), and how the
network is built.
"""

import numpy as np

from graders.checks import (
    check,
    claim,
    classified,
    compare,
    measure,
    observe,
    reaches,
    same_values,
)
from graders.core.rubric import Grader
from graders.core.saying import said
from graders.core.types import Answers, Array, Finding, Limits, Refusal, Truths
from graders.sentences.mnist_digits import SENTENCES

DIGITS = tuple("0123456789")

# Arrays come as numpy; these functions are written for tensors.
TENSORS = """
def ask(function, *case):
    import tensorflow as tf

    return function(*(tf.constant(value) for value in case))
"""

# One step on variables of ours. What the function returns is the loss; what it did shows in them.
STEP = """
def ask(function, X, y_onehot, W, b, learning_rate):
    import tensorflow as tf

    W, b = tf.Variable(W), tf.Variable(b)
    loss = function(tf.constant(X), tf.constant(y_onehot), W, b, learning_rate)
    return loss, W, b
"""

# The same, where a made-up model and loss stand in for the student's own: is the step right,
# whatever is wrong with those? Their slopes are nowhere near zero, and differ along every weight.
RULE = f"""
{observe.AMONG}

def made_up():
    import tensorflow as tf

    def softmax_logits(X, W, b):
        return tf.sinh(X @ W / 4) + 3 * b

    def cross_entropy(logits, y_onehot):
        return 2 + tf.reduce_mean(tf.tanh(logits / 5) + y_onehot * logits / 3)

    return {{"softmax_logits": softmax_logits, "cross_entropy": cross_entropy}}


def ask(function, X, y_onehot, W, b, learning_rate):
    import tensorflow as tf

    function = among(function, **made_up())
    W, b = tf.Variable(W), tf.Variable(b)
    loss = function(tf.constant(X), tf.constant(y_onehot), W, b, learning_rate)
    return loss, W, b
"""

# What predicts, with a right softmax in the place of the notebook's, where it calls that by name.
AMONG_RIGHT = f"""
{observe.AMONG}

def softmax(logits):
    import tensorflow as tf

    return tf.nn.softmax(tf.cast(logits, tf.float32), axis=-1)


def ask(function, images):
    return among(function, softmax=softmax)(images)
"""

# The Keras model about rows as the notebook makes them: what it was trained on, whatever is wrong
# with them. In the notebook's own kernel, and so they count only where `prepare` is wrong.
OWN_ROWS = """
def ask(prepare, images):
    model = getattr(prepare, "python_function", prepare).__globals__["model"]
    return model.predict(prepare(images), batch_size=250, verbose=0)
"""

# What the Keras model takes, according to its task.
ROWS = "images.reshape(len(images), -1).astype('float32') / 255"
KERAS = observe.model("keras", variable="model", cases="images", prepared=ROWS)

# A slip in these costs its points where it is made, and not in what is built upon it.
SOFTMAX_AGAIN = classified.Again("softmax_predict_rule", charged="softmax")
MLP_AGAIN = classified.Again("mlp_predict_rule", charged="softmax")
KERAS_AGAIN = classified.Again("keras_on_own_rows", charged="prepare")


# --- functions -----------------------------------------------------------------------------


@check(
    "check_softmax_step",
    points=2,
    asks="`softmax_step` moves W and b down the slope of the loss, and returns the loss before.",
)
def step(
    softmax_step: Answers,
    softmax_step_key: Answers,
    step_rule_if_any: Answers,
    step_rule_key: Answers,
) -> Finding:
    """As it is, or with a made-up model and loss: what is wrong with those is charged there."""
    plain = _stepped(softmax_step, softmax_step_key)
    rule = _stepped(step_rule_if_any, step_rule_key) if step_rule_if_any else plain
    return rule if rule.credit > plain.credit else plain


def _stepped(answers: Answers, key: Answers) -> Finding:
    return _all_of(answers, key, ("loss", "W", "b"))


@check(
    "check_dense_softmax_backward",
    points=4,
    asks="`dense_softmax_backward` gives the loss and its slopes along X, W and b.",
)
def backward(
    dense_softmax_backward: Answers,
    dense_softmax_backward_key: Answers,
    dense_softmax_backward_changed: tuple[str, ...],
) -> Finding:
    found = _all_of(dense_softmax_backward, dense_softmax_backward_key, ("loss", "dX", "dW", "db"))
    if not dense_softmax_backward_changed:
        return found
    credit = max(0.0, found.credit - compare.ALTERED_COSTS)
    return Finding(credit, (*found.all_said, said("alters-its-inputs")), found.measured)


def _all_of(answers: Answers, key: Answers, names: tuple[str, ...]) -> Finding:
    """The parts of an answer count alike; one that is right throughout is not spoken of."""
    found = {
        name: compare.parts(answers, key, k, len(names), what=name) for k, name in enumerate(names)
    }
    amiss = tuple(one for f in found.values() if f.credit < 1.0 for one in f.all_said)
    return Finding(
        sum(f.credit for f in found.values()) / len(names),
        amiss or said("parts-right"),
        {name: f.credit for name, f in found.items()},
    )


# --- models --------------------------------------------------------------------------------


def _constant(softmax_predict_truth: Truths) -> float:
    return float(softmax_predict_truth[classified.HELD_OUT]["majority"])


def _softmax_images(softmax_predict_truth: Truths) -> int:
    return len(softmax_predict_truth[classified.HELD_OUT]["labels"])


def _mlp_images(mlp_predict_truth: Truths) -> int:
    return len(mlp_predict_truth[classified.HELD_OUT]["labels"])


def _keras_images(keras_truth: Truths) -> int:
    return len(keras_truth[classified.HELD_OUT]["labels"])


@measure("softmax_accuracy", unit="share of images", baseline=_constant, size=_softmax_images)
def softmax_accuracy(softmax_predict: Answers, softmax_predict_truth: Truths) -> float | Refusal:
    return classified.accuracy_of(softmax_predict, softmax_predict_truth)


@measure("mlp_accuracy", unit="share of images", baseline="softmax_accuracy", size=_mlp_images)
def mlp_accuracy(mlp_predict: Answers, mlp_predict_truth: Truths) -> float | Refusal:
    return classified.accuracy_of(mlp_predict, mlp_predict_truth)


@measure("keras_accuracy", unit="share of images", baseline="softmax_accuracy", size=_keras_images)
def keras_accuracy(keras: Answers, keras_truth: Truths) -> float | Refusal:
    return classified.accuracy_of(keras, keras_truth)


def _unlearnt(softmax_predict_truth: Truths) -> float:
    """The cross-entropy of who knows nothing but how frequent each digit is."""
    counts = np.bincount(softmax_predict_truth[classified.HELD_OUT]["labels"])
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


@measure("softmax_curve", higher=False, unit="cross-entropy (nats)", baseline=_unlearnt)
def softmax_curve(softmax_history: Answers) -> Array | Refusal:
    return classified.curve_of(softmax_history)


@measure("mlp_curve", higher=False, unit="cross-entropy (nats)", baseline=_unlearnt)
def mlp_curve(mlp_history: Answers) -> Array | Refusal:
    return classified.curve_of(mlp_history)


@measure("keras_curve", higher=False, unit="cross-entropy (nats)", baseline=_unlearnt)
def keras_curve(keras_history: Answers) -> Array | Refusal:
    return classified.curve_of(keras_history)


GRADER = Grader(
    assignment="mnist_digits",
    notebook="mnist_digits",
    version=4,  # raise it whenever a judgement changes
    # Ten epochs of each model take some 7 s of one core on drawn digits, 40 s on MNIST itself;
    # importing TensorFlow 5 s. Limits are ten and more times that: a loop without tf.function is
    # five times as slow, and no mistake.
    limits=Limits(cell_s=90, wall_s=300, ask_s=120, cpu_s=600, memory_mib=3072),
    full_limits=Limits(cell_s=900, wall_s=2400, ask_s=240, cpu_s=4800, memory_mib=6144),
    evidence=(
        observe.calls("prepare"),
        observe.calls("one_hot"),
        observe.calls("softmax_logits", via=TENSORS),
        observe.calls("softmax", via=TENSORS),
        observe.calls("cross_entropy", via=TENSORS),
        observe.calls("stable_cross_entropy", function="cross_entropy", via=TENSORS),
        observe.calls("softmax_step", via=STEP),
        observe.calls("step_rule", function="softmax_step", via=RULE),
        observe.calls("dense_softmax_backward"),
        observe.calls("softmax_predict", cases="images"),
        observe.calls("mlp_predict", cases="images"),
        *(
            observe.calls(f"{name}_rule", function=name, cases="images", via=AMONG_RIGHT)
            for name in ("softmax_predict", "mlp_predict")
        ),
        *KERAS[:2],
        observe.calls("keras_on_own_rows", function="prepare", cases="images", via=OWN_ROWS),
        claim.variable("softmax_history"),
        claim.variable("mlp_history"),
        claim.variable("keras_history"),
    ),
    observations=KERAS[2:],
    measures=(
        softmax_accuracy,
        mlp_accuracy,
        keras_accuracy,
        softmax_curve,
        mlp_curve,
        keras_curve,
    ),
    checks=(
        same_values(
            "check_prepare",
            points=1,
            evidence="prepare",
            asks="`prepare` makes rows of numbers from 0 to 1, the pixels in their order.",
        ),
        same_values(
            "check_one_hot",
            points=1,
            evidence="one_hot",
            asks="`one_hot` puts the 1 at the place of the class.",
        ),
        same_values(
            "check_softmax_logits",
            points=1,
            evidence="softmax_logits",
            asks="`softmax_logits` gives the scores, biases included.",
        ),
        same_values(
            "check_softmax",
            points=1,
            evidence="softmax",
            asks="`softmax` gives the probabilities of the classes of each image.",
        ),
        same_values(
            "check_cross_entropy",
            points=2,
            evidence="cross_entropy",
            asks="`cross_entropy` is the mean over the images.",
        ),
        same_values(
            "check_stable_cross_entropy",
            points=1,
            evidence="stable_cross_entropy",
            asks="The loss stays finite and right where the model is sure and wrong.",
        ),
        step,
        classified.drawn(
            reaches(
                "check_softmax_accuracy",
                points=2,
                measure=softmax_accuracy,
                asks="Softmax regression reads held-out digits as well as ours.",
                title="softmax-regression",
            ),
            evidence="softmax_predict",
            labels=DIGITS,
            title="softmax-regression",
            again=SOFTMAX_AGAIN,
            altered_by="prepare",
        ),
        classified.validation_history(
            "check_softmax_history",
            points=1,
            measure=softmax_curve,
            predictions="softmax_predict",
            again=SOFTMAX_AGAIN,
            asks="`softmax_history` holds the validation loss after each epoch.",
            title="softmax-regression",
        ),
        classified.drawn(
            reaches(
                "check_mlp_accuracy",
                points=4,
                measure=mlp_accuracy,
                asks="Your own network reads held-out digits as well as ours.",
                title="own-network",
            ),
            evidence="mlp_predict",
            labels=DIGITS,
            title="own-network",
            again=MLP_AGAIN,
            altered_by="prepare",
        ),
        classified.validation_history(
            "check_mlp_history",
            points=1,
            measure=mlp_curve,
            predictions="mlp_predict",
            again=MLP_AGAIN,
            asks="`mlp_history` holds the validation loss after each epoch.",
            title="own-network",
        ),
        classified.drawn(
            reaches(
                "check_keras_accuracy",
                points=3,
                measure=keras_accuracy,
                asks="The Keras model reads held-out digits as well as ours.",
                title="keras-model",
            ),
            evidence="keras",
            labels=DIGITS,
            title="keras-model",
            again=KERAS_AGAIN,
        ),
        classified.validation_history(
            "check_keras_history",
            points=1,
            measure=keras_curve,
            predictions="keras",
            again=KERAS_AGAIN,
            asks="`keras_history` holds the validation loss after each epoch.",
            title="keras-model",
        ),
        backward,
    ),
    by_hand=("mechanics_in_words",),
    sentences=SENTENCES,
    packages=("tensorflow", "keras"),
)
