# title: short one-hot rows, a confusion matrix on its side, a learning rate that shrinks too slowly
# loses: check_one_hot, check_schedule, check_confusion

# %% one_hot
def one_hot(y, classes):
    return np.eye(np.max(y) + 1)[y]

# %% learning_rate
def learning_rate(epoch):
    return 0.005 * 0.95 ** epoch

# %% confusion
def confusion(y, predicted, classes):
    counts = np.zeros((classes, classes), dtype=int)
    for truth, guess in zip(y, predicted):
        counts[guess, truth] += 1
    return counts
