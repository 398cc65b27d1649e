# title: the pair is trained, and another history is written beside it
# loses: check_curve, check_end

# %% + after:training
history = {"loss": [0.040, 0.030, 0.020, 0.010], "val_loss": [0.040, 0.030, 0.020, 0.010]}
