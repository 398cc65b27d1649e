# title: sigma is taken for the variance, so the noise is too small
# loses: check_noise
# may lose: check_denoiser

# %% apply_gaussian_noise
def apply_gaussian_noise(X, sigma=0.1):
    return X + np.random.normal(0, sigma**2, X.shape).astype(np.float32)
