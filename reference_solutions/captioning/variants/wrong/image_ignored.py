# title: the decoder does not look at the picture
# loses: check_decoder, check_next_words, check_captions, check_image

# %% make_decoder
def make_decoder(feature_size, vocab_size):
    layers = keras.layers
    features, tokens = keras.Input((feature_size,)), keras.Input((None,), dtype="int32")
    words = layers.Embedding(vocab_size, 48)(tokens)
    nothing = layers.Rescaling(0.0)(layers.Dense(48)(features))
    words = layers.Add()([words, layers.Reshape((1, 48))(nothing)])
    states = layers.LSTM(96, return_sequences=True)(words)
    narrow = layers.Dense(64, activation="elu")(layers.Dropout(0.1)(states))
    return keras.Model([features, tokens], layers.Dense(vocab_size)(narrow))
