# title: one image after the other, and numpy where it will do

# %% prepare
def prepare(images):
    rows = np.zeros((len(images), 28 * 28), np.float32)
    for i, image in enumerate(images):
        rows[i] = image.flatten() / 255.0
    return rows

# %% one_hot
def one_hot(labels):
    rows = np.zeros((len(labels), 10))
    for i, label in enumerate(labels):
        rows[i, label] = 1
    return rows

# %% softmax_predict
def softmax_predict(images):
    return prepare(images) @ W.numpy() + b.numpy()

# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    n, c = y_onehot.shape
    loss, dX, dW, db = 0.0, np.zeros_like(X), np.zeros_like(W), np.zeros_like(b)
    for i in range(n):
        z = X[i] @ W + b
        p = np.exp(z - z.max())
        p /= p.sum()
        for k in range(c):
            g = (p[k] - y_onehot[i, k]) / n
            loss -= y_onehot[i, k] * np.log(p[k]) / n
            dX[i] += g * W[:, k]
            dW[:, k] += g * X[i]
            db[k] += g
    return loss, dX, dW, db
