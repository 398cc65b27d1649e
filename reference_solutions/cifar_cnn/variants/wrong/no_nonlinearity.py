# title: no activation and average pooling: all of it is one linear map
# loses: check_curve, check_accuracy

# %% make_model
def make_model():
    L = keras.layers
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            L.Conv2D(16, 3, padding="same"),
            L.Conv2D(32, 3, padding="same"),
            L.AveragePooling2D(2),
            L.Dropout(0.25),
            L.Conv2D(32, 3, padding="same"),
            L.Conv2D(64, 3, padding="same"),
            L.AveragePooling2D(2),
            L.Dropout(0.25),
            L.Flatten(),
            L.Dense(256),
            L.Dropout(0.5),
            L.Dense(10, activation="softmax"),
        ]
    )
