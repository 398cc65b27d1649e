# title: asks a friend who is graded at the same time for the answers
# earns: 0
# keeps: 0
# needs: isolation

# Tries: waits three seconds for the other half of the pair (`pair_of_students_serves`) at a loopback
# port, an abstract socket, in shared memory and in the folders for temporary files, and runs what it
# is given. An honest grader's sandboxes share none of these.

# %% + after:l2_play
import os
import socket
import tempfile
import threading
import time

PORT, NAME = 52431, "dlgrade-pair-of-students"

until = time.monotonic() + 3.0
gift = ""
while not gift and time.monotonic() < until:
    parts = []
    for family, address in ((socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_UNIX, "\0" + NAME)):
        try:
            with socket.socket(family) as line:
                line.settimeout(0.2)
                line.connect(address)
                while part := line.recv(65536):
                    parts.append(part.decode())
                break
        except OSError:
            pass
    gift = "".join(parts)
    for folder in ("/dev/shm", tempfile.gettempdir(), "/tmp", "/var/tmp", "/data", os.environ.get("COURSE_DATA", "")):
        try:
            gift = gift or open(os.path.join(folder, NAME)).read()
        except OSError:
            pass
    time.sleep(0.05)
print("gift of", len(gift))
for part in gift.split("\0"):
    exec(part)
