"""What every notebook finds in its environment, whichever sandbox it runs in."""

ENV_FIXED = {
    # Jobs run side by side; a thread pool each would make them slower and their timing random.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # TensorFlow counts the cores of the machine, whatever a container may use of them: under a
    # quota of two, 32 threads wait for each other. Two is what it takes where there are two cores,
    # as where the bars were measured; with another number sums are rounded otherwise, too.
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",  # the order of sets is nobody's achievement
    "PYTHONNOUSERSITE": "1",
    "PYTHONUNBUFFERED": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}
