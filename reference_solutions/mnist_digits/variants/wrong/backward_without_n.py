# title: the slopes are those of the sum, the loss is the mean
# loses: check_dense_softmax_backward

# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    Z = X @ W + b
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[y_onehot == 1]))
    dZ = P - y_onehot
    return loss, dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)
