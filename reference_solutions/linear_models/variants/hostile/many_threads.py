# title: starts three hundred sleeping threads and waits for their sum
# earns: 0

# %% + after:setup
import threading
import time

for _ in range(300):
    threading.Thread(target=time.sleep, args=(120,), daemon=False).start()
