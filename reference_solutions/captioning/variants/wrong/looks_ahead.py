# title: a bidirectional LSTM reads the word that it is to say
# loses: check_decoder, check_next_words, check_captions, check_image

# %% make_decoder
def make_decoder(feature_size, vocab_size):
    layers = keras.layers
    features, tokens = keras.Input((feature_size,)), keras.Input((None,), dtype="int32")
    image = layers.Dense(64, activation="tanh")(features)
    words = layers.Embedding(vocab_size, 48)(tokens)
    states = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(
        words, initial_state=[image, image, image, image]
    )
    return keras.Model([features, tokens], layers.Dense(vocab_size)(states))
