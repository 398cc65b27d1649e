# title: the network's history is typed in by hand
# loses: check_mlp_history

# %% mlp_predict
mlp_history = [0.912, 0.641, 0.522, 0.471, 0.433, 0.412, 0.391, 0.379, 0.368, 0.361]


def mlp_predict(images):
    return softmax(mlp_logits(prepare(images)))
