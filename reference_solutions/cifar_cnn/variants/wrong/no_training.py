# title: the model is compiled and never trained
# loses: check_curve, check_end, check_accuracy

# %% training
model = make_model()
model.compile(optimizer="adamax", loss="categorical_crossentropy", metrics=["accuracy"])
