# title: a loop without end that swallows every interrupt
# earns: 0
# keeps: 0

# Tries: an interrupt changes nothing. An honest grader waits a moment, kills, passes over that cell and goes on.

# %% + after:setup
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
