# title: a GRU that sees the features at each place

# %% make_decoder
def make_decoder(feature_size, vocab_size):
    layers = keras.layers
    features, tokens = keras.Input((feature_size,)), keras.Input((None,), dtype="int32")
    image = layers.Dense(80, activation="relu")(layers.Dropout(0.1)(features))
    start = layers.Dense(96, activation="tanh")(image)
    words = layers.Embedding(vocab_size, 60)(tokens)
    both = layers.Add()([words, layers.Reshape((1, 60))(layers.Dense(60)(image))])
    states = layers.GRU(96, return_sequences=True)(both, initial_state=start)
    return keras.Model([features, tokens], layers.Dense(vocab_size)(layers.Dropout(0.1)(states)))
