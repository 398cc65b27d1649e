# title: the dense layer is twice as wide as the conditions allow
# loses: check_model

# %% make_model
def make_model():
    L = keras.layers
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            L.Conv2D(16, 3, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.Conv2D(32, 3, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.MaxPooling2D(),
            L.Dropout(0.25),
            L.Conv2D(32, 3, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.Conv2D(64, 3, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.MaxPooling2D(),
            L.Dropout(0.25),
            L.Flatten(),
            L.Dense(512),
            L.LeakyReLU(negative_slope=0.1),
            L.Dropout(0.5),
            L.Dense(10, activation="softmax"),
        ]
    )
