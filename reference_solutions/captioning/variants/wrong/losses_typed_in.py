# title: the losses are typed in
# loses: check_losses

# %% + after:training
valid_loss = [2.0, 1.7, 1.5, 1.3, 1.1, 0.9, 0.7, 0.5, 0.3, 0.1]
