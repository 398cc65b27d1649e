# title: the decoder ends with a softmax, and the loss takes what it gives for logits
# loses: check_decoder, check_next_words, check_captions, check_image
# may lose: check_losses

# %% make_decoder
def make_decoder(feature_size, vocab_size):
    layers = keras.layers
    features, tokens = keras.Input((feature_size,)), keras.Input((None,), dtype="int32")
    image = layers.Dense(64, activation="elu")(features)
    start = [layers.Dense(96, activation="tanh")(image) for _ in "hc"]
    seen = layers.Reshape((1, 48))(layers.Dense(48)(image))
    words = layers.Add()([layers.Embedding(vocab_size, 48)(tokens), seen])
    states = layers.LSTM(96, return_sequences=True)(words, initial_state=start)
    narrow = layers.Dense(64, activation="elu")(states)
    return keras.Model([features, tokens], layers.Dense(vocab_size, activation="softmax")(narrow))
