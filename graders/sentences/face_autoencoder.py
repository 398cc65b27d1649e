"""How the codes of face_autoencoder are told: faces drawn again, codes, morphs, functions."""

from graders.core.saying import says

SENTENCES = {
    # Faces drawn again from their codes, and cleaned ones (checks/faces.py).
    "faces-drawn-again": says("Faces drawn again"),
    "squared-error": says("Squared error"),
    "error-beside-pca": says(
        "Your mean squared error is {error:.5f} ({psnr:.1f} dB), that of PCA with as many numbers "
        "{pca:.5f}."
    ),
    "drawn-faces-of-another-shape": says(
        "the pictures have not the shape of those that were asked for"
    ),
    "drawn-faces-not-finite": says("the pictures are not finite (NaN or infinity)"),
    "cleaned-faces": says("Cleaned faces"),
    "error-of-cleaned-faces": says("Squared error of cleaned faces"),
    "better-than-noisy": says(
        "That is {gain:.1f} dB better than the noisy faces themselves.",
        holds=lambda gain: gain > 0,
    ),
    "no-better-than-noisy": says(
        "That is {gain:.1f} dB better than the noisy faces themselves.",
        holds=lambda gain: gain <= 0,
    ),
    # The validation loss that the run names.
    "not-comparable-with-models": says("It cannot be compared with your models: {why}."),
    # Codes and their neighbours.
    "codes-of-faces": says("Codes"),
    "no-codes": says("there are no codes"),
    "codes-of-another-size": says("the encoder does not give CODE_SIZE numbers for each face"),
    "codes-not-finite": says("the codes are not finite (NaN or infinity)"),
    "one-code-for-all": says("Codes: all faces get the same.", holds=lambda spread: spread == 0),
    "neighbours-agree": says(
        "Neighbours agree {agreement:.1%} better than any two faces (95% interval {low:.1%} to "
        "{high:.1%}): more than chance.",
        holds=lambda agreement, low, high: 0 < low <= agreement <= high,
    ),
    "neighbours-by-chance": says(
        "Neighbours agree {agreement:.1%} better than any two faces (95% interval {low:.1%} to "
        "{high:.1%}): no more than chance.",
        holds=lambda low: not low > 0,
    ),
    # Morphs.
    "morphs": says("Morphs"),
    "walks-without-a-jump": says("Walks without a jump"),
    "no-morphs": says("there are no morphs"),
    "morphs-of-another-shape": says("the decoder gives no pictures of the right shape on the way"),
    "morphs-not-finite": says("the pictures on the way are not finite (NaN or infinity)"),
    "mean-step": says(
        "The mean step is {even:.0%} of the largest.", holds=lambda even: 0 <= even <= 1
    ),
    "morphs-leave-the-range": says(
        "The pictures on the way leave the range from -0.5 to 0.5: that counts half.",
        holds=lambda outside, counts: outside > 0 and counts == 0.5,
    ),
    "morphs-stand-or-jump": says(
        "The pictures on the way hardly change, or all at once.", holds=lambda share: share == 0
    ),
    # Figures of validation faces.
    "shown-faces-drawn-again": says("Validation faces, drawn again"),
    "row-of-faces": says("faces"),
    "row-drawn-again": says("drawn again"),
    "look-for-what-is-lost": says(
        "Above the faces, below what your decoder makes of their codes. Look for what is lost: "
        "eyes, teeth and hair are blurred where the code cannot tell where they are."
    ),
    "shown-faces-cleaned": says("Noise taken away from validation faces"),
    "row-with-noise": says("with noise"),
    "row-cleaned": says("cleaned by you"),
    "row-without-noise": says("without noise"),
    "look-at-the-middle-row": says(
        "The middle row should look like the last one. Grain that is left means too little was "
        "taken away, a face that becomes another one too much."
    ),
    "shown-faces-with-the-nearest": says("Validation faces, and those with the nearest codes"),
    "row-of-a-face": says("a face"),
    "look-at-what-neighbours-share": says(
        "Each row begins with a face; the nearest codes follow. Look at what neighbours share: "
        "pose, light and background often count for more than the person."
    ),
    "morphs-between-shown-faces": says("Morphs between validation faces"),
    "look-for-even-steps": says(
        "Each row walks in even steps from one code to another. Every picture should be a face, "
        "and none should differ from its neighbours by much more than the others do."
    ),
    # Functions (checks/face_functions.py): one case each; equal ones are counted together.
    "mean-and-components-asked": says("two things are asked for, mean and components"),
    "mean-of-another-size": says("the mean has not one number for every column"),
    "components-in-columns": says("the components stand in columns, rows are asked for"),
    "components-not-in-rows": says("there is not one row for each component that is asked for"),
    "components-too-long": says("the components have not length 1"),
    "mean-wrong": says("the mean is wrong"),
    "mean-of-others": says("the mean is not that of the rows"),
    "components-not-orthonormal": says("the components are not orthogonal, or have not length 1"),
    "components-not-principal": says("other components leave a smaller error"),
    "pair-not-looked-at": says("it cannot be looked at"),
    "pair-encoder-does-not-fit": says(
        "the encoder does not give `code_size` numbers for each picture"
    ),
    "pair-decoder-does-not-fit": says(
        "the decoder does not give pictures of the shape that was asked for"
    ),
    "pair-not-finite": says("the models give NaN or infinity"),
    "pair-codes-unsteady": says("the same picture gets another code when it is asked about again"),
    "pair-linear": says("both models are linear: together they can at best be PCA"),
    "noise-of-another-shape": says("the result has not the shape of the pictures"),
    "noise-not-finite": says("the result is not finite, or huge"),
    "noise-without-sigma": says("with sigma 0 the pictures must stay as they are"),
    "noise-repeated": says("two calls add the same noise"),
    "noise-by-brightness": says(
        "the noise hangs on how bright a pixel is, as if it were clipped or multiplied"
    ),
    "noise-off-centre": says("the noise has not the mean 0"),
    "noise-of-another-size": says("the noise has not the standard deviation sigma"),
    "noise-of-neighbours": says("neighbouring numbers get the same noise, or similar"),
    "noise-not-normal": says("the noise is not normally distributed"),
    "noise-of-calls-correlated": says("the noise of two calls hangs together"),
}
