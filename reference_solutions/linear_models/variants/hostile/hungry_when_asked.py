# title: closed_form takes all memory, but only when it is asked from elsewhere
# earns: 30
# keeps: 30
# base: reference

# Tries: the machine runs out of memory while the questions are put, and takes neighbours along.
# It stops at 6 GiB, since a sandbox without a limit must not take the machine with it. An honest
# grader stops it at its limit, blames `closed_form`, and asks the others in a new process.

# %% closed_form
def closed_form(X, y):
    import traceback

    hoard = []
    asked = any(frame.name == "ask_request" for frame in traceback.extract_stack())
    while asked and len(hoard) < 384:
        hoard.append(bytearray(b"x") * (16 * 2**20))
    return np.linalg.lstsq(X, y, rcond=None)[0]
