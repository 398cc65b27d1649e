# title: a head with a batch normalisation of its own, average and maximum pooling

# %% build_model
def build_model(base, classes, first_trainable):
    base.trainable = False
    names = [layer.name for layer in base.layers]
    for layer in base.layers[names.index(first_trainable) :]:
        if not isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = True
    L = keras.layers
    pictures = keras.Input(base.input_shape[1:])
    maps = base(pictures, training=False)
    x = L.Concatenate()([L.GlobalAveragePooling2D()(maps), L.GlobalMaxPooling2D()(maps)])
    x = L.BatchNormalization(momentum=0.9)(x)
    x = L.Dropout(0.4)(x)
    return keras.Model(pictures, L.Dense(classes, activation="softmax", kernel_regularizer="l2")(x))

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
ce = keras.metrics.SparseCategoricalCrossentropy(name="ce")
rate = keras.optimizers.schedules.CosineDecay(0.001, EPOCHS * -(-len(train_files) // BATCH))
model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=[ce])
_fit = model.fit(
    make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True),
    validation_data=make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 64, False),
    epochs=EPOCHS,
    verbose=2,
)
history = {"loss": _fit.history["ce"], "val_loss": _fit.history["val_ce"]}  # without the penalty
