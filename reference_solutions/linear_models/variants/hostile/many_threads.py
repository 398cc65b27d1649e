# title: starts three hundred sleeping threads and waits for their sum
# earns: 0
# keeps: 0

# Tries: the machine runs out of threads. An honest grader limits them; the error is the notebook's.

# %% + after:setup
import threading
import time

for _ in range(300):
    threading.Thread(target=time.sleep, args=(120,), daemon=False).start()
