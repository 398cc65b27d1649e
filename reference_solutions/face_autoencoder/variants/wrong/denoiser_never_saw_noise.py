# title: the plain autoencoder is handed in as the denoiser
# loses: check_denoiser

# %% denoiser
denoiser = chained(encoder, decoder)
