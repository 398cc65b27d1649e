# title: offers its answers to a friend who is graded at the same time
# earns: 32
# keeps: 32
# base: reference
# needs: isolation

# Tries: for three seconds the answers are offered at a loopback port, an abstract socket, in shared
# memory and in folders for temporary files. The answers are this student's own and right: they
# keep their points with an honest grader. See `pair_of_students_asks` for who should not get them.

# %% + after:l2_play
import os
import socket
import tempfile
import threading
import time

PORT, NAME = 52431, "dlgrade-pair-of-students"

gift = "\0".join(source for source in In if source.lstrip().startswith("def "))
lines = []
for family, address in ((socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_UNIX, "\0" + NAME)):
    try:
        line = socket.socket(family)
        line.bind(address)
        line.listen()
        lines.append(line)
    except OSError:
        pass


def serve(line):
    try:
        while True:
            caller, _ = line.accept()
            caller.sendall(gift.encode())
            caller.close()
    except OSError:
        pass


for line in lines:
    threading.Thread(target=serve, args=(line,), daemon=True).start()
left = []
for folder in ("/dev/shm", tempfile.gettempdir(), "/tmp", "/var/tmp", "/data", os.environ.get("COURSE_DATA", "")):
    try:
        path = os.path.join(folder, NAME)
        with open(path, "x") as file:
            file.write(gift)
        left.append(path)
    except OSError:
        pass
time.sleep(3.0)
for line in lines:
    line.close()
for path in left:
    os.unlink(path)
