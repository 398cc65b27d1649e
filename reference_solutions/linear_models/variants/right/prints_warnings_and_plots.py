# title: prints, warns to stderr, and draws its own pictures

# %% + after:setup
import sys
import warnings

warnings.warn("I am not sure about this notebook")
print("debugging", file=sys.stderr)

# %% compute_grad
def compute_grad(X, y, w):
    warnings.warn("the gradient is being computed")
    p = probability(X, w)
    error = p - y
    if X.shape[0] > 1000000:
        print("big", X.shape)
    return X.T.dot(error) / y.shape[0]

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    print("lam is", lam)
    print("careful", file=sys.stderr)
    return compute_loss(X, y, w) + lam * (w[:5] @ w[:5])

# %% sgd
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
n_iter = 100
batch_size = 4

sgd_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    sgd_loss[i] = compute_loss(X_expanded, y, w)
    w = w - eta * compute_grad(X_expanded[ind], y[ind], w)
    if i % 20 == 0:
        print(i, sgd_loss[i])

sgd_w = w
plt.figure(figsize=(3, 2))
plt.plot(sgd_loss, 'r.')
plt.title('my own plot')
plt.show()
