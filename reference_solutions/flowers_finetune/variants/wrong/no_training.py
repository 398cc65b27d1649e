# title: the model is compiled and never trained
# loses: check_base, check_curve, check_end, check_accuracy

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
