# title: scipy has the sigmoid and its logarithm

# %% probability
from scipy.special import expit, log_expit


def probability(X, w):
    return expit(X @ w)

# %% compute_loss
def compute_loss(X, y, w):
    z = X @ w
    return -np.mean(np.where(y == 1, log_expit(z), log_expit(-z)))
