# title: each word is said from the last one alone
# loses: check_decoder, check_next_words, check_captions, check_image

# %% make_decoder
def make_decoder(feature_size, vocab_size):
    layers = keras.layers
    features, tokens = keras.Input((feature_size,)), keras.Input((None,), dtype="int32")
    words = layers.Embedding(vocab_size, 48)(tokens)
    image = layers.Reshape((1, 48))(layers.Dense(48, activation="elu")(features))
    both = layers.Activation("tanh")(layers.Add()([words, image]))
    hidden = layers.Dense(128, activation="elu")(both)
    return keras.Model([features, tokens], layers.Dense(vocab_size)(hidden))
