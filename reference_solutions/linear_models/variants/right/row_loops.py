# title: one row after the other, without matrix products

# %% mse_loss
def mse_loss(X, y, w):
    total = 0.0
    for row, target in zip(X, y):
        prediction = sum(a * b for a, b in zip(row, w))
        total += (prediction - target) ** 2
    return total / len(y)

# %% mse_grad
def mse_grad(X, y, w):
    grad = [0.0] * len(w)
    for row, target in zip(X, y):
        error = sum(a * b for a, b in zip(row, w)) - target
        for j in range(len(w)):
            grad[j] += 2 * error * row[j] / len(y)
    return np.array(grad)

# %% expand
def expand(X):
    result = np.zeros((X.shape[0], 6))
    for i in range(X.shape[0]):
        a, b = X[i]
        result[i] = [a, b, a ** 2, b ** 2, a * b, 1]
    return result

# %% probability
def probability(X, w):
    result = np.zeros(X.shape[0])
    for i in range(X.shape[0]):
        result[i] = 1 / (1 + np.exp(-np.sum(X[i] * w)))
    return result

# %% compute_loss
def compute_loss(X, y, w):
    loss = 0
    for i in range(X.shape[0]):
        z = np.sum(X[i] * w)
        wrong_way = -z if y[i] == 1 else z
        if wrong_way > 30:
            loss += wrong_way
        else:
            loss += np.log1p(np.exp(wrong_way))
    return loss / X.shape[0]

# %% compute_grad
def compute_grad(X, y, w):
    grad = np.zeros(X.shape[1])
    p = probability(X, w)
    for i in range(X.shape[0]):
        grad += (p[i] - y[i]) * X[i]
    return grad / X.shape[0]

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    penalty = 0
    for j in range(len(w) - 1):
        penalty += w[j] ** 2
    return compute_loss(X, y, w) + lam * penalty

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    grad = compute_grad(X, y, w)
    for j in range(len(w) - 1):
        grad[j] += 2 * lam * w[j]
    return grad
