# title: predict takes another softmax, over the pictures
# loses: check_predict

# %% predict
def predict(images):
    return tf.nn.softmax(model.predict(prepare(images), verbose=0), axis=0).numpy()
