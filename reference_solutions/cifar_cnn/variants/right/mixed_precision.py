# title: most of the arithmetic in bfloat16

# %% make_model
def make_model():
    L = keras.layers
    half = "mixed_bfloat16"
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for n in (16, 32, 0, 32, 64, 0):
        if n:
            model.add(L.Conv2D(n, 3, padding="same", dtype=half))
            model.add(L.LeakyReLU(negative_slope=0.1, dtype=half))
        else:
            model.add(L.MaxPooling2D(dtype=half))
            model.add(L.Dropout(0.25, dtype=half))
    model.add(L.Flatten(dtype=half))
    model.add(L.Dense(256, dtype=half))
    model.add(L.LeakyReLU(negative_slope=0.1, dtype=half))
    model.add(L.Dropout(0.5, dtype=half))
    model.add(L.Dense(10, activation="softmax", dtype="float32"))
    return model
