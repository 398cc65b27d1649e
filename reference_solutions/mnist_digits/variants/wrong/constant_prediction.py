# title: softmax regression is trained, but the most frequent digit is answered
# loses: check_softmax_accuracy, check_softmax_history

# %% softmax_predict
def softmax_predict(images):
    answer = np.zeros((len(images), 10), np.float32)
    answer[:, np.bincount(y_train).argmax()] = 1
    return answer
