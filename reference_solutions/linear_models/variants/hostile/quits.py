# title: a cell in the middle says quit(), as one does in a terminal
# earns: 32
# keeps: 32
# base: reference

# Tries nothing evil: `quit()` ends the kernel politely, after the cell. An honest grader passes over
# that cell; all answers are right and nothing may be lost.

# %% + after:check_compute_grad
quit()
