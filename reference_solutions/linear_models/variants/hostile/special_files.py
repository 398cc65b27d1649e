# title: leaves links, pipes, sockets and hard links that are named like the grader's files
# earns: 32
# keeps: 32
# base: reference

# Tries: whoever collects files follows a link to somebody's secrets, hangs on a pipe or writes
# through a link. Everything lies in the notebook's own folder. An honest grader takes no file
# from there: nothing is won, and the right answers lose nothing.

# %% + after:l2_play
import os
import socket

os.makedirs("answers", exist_ok=True)
os.makedirs("outputs/answers", exist_ok=True)
names = ("ending.json", "answers.jsonl", "cells.jsonl", "executed.ipynb", "answers/0000.npy", "inputs.npz", "plan.json")
for number, name in enumerate([*names, *(f"outputs/{n}" for n in names)]):
    for path in (name, name + ".part"):
        try:
            if number % 4 == 0:
                os.symlink("/etc/passwd", path)
            elif number % 4 == 1:
                os.mkfifo(path)
            elif number % 4 == 2:
                os.symlink("/dev/zero", path)
            else:
                os.link("outputs/ending.json" if number > 7 else "ending.json", path, follow_symlinks=False)
        except OSError:
            pass
os.symlink(".", "loop")
os.symlink("/", "root")
os.symlink("../" * 20 + "etc/shadow", "notebook.ipynb")
try:
    os.link("/etc/passwd", "hard")
except OSError:
    pass
listening = socket.socket(socket.AF_UNIX)
listening.bind("kernel.sock")
open("a\nname\x1b[31m with \udcff", "w").close()
