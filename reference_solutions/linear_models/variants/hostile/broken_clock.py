# title: time stands still, runs backwards or is no number; the answers are right
# earns: 32
# keeps: 32
# base: reference

# Tries: seconds that are NaN or negative in what is reported, and limits that are never reached.
# An honest grader measures on its own side of the wall; the right answers lose nothing.

# %% + after:l2_play
import time

time.perf_counter = time.time = time.process_time = lambda: float("nan")
time.perf_counter_ns = time.time_ns = lambda: -(10**30)
