# title: the forward part of the backward pass forgets the biases
# loses: check_dense_softmax_backward

# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    Z = X @ W
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[y_onehot == 1]))
    dZ = (P - y_onehot) / len(X)
    return loss, dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)
