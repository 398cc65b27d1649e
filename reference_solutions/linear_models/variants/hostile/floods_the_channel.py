# title: sends two gigabytes of messages to whoever listens
# earns: 32
# keeps: 0
# base: reference

# Tries: the listening side runs out of memory, and a grader that dies is a fault of the grader's.
# Forty messages of 50 MB, beyond and below what a message may have. The answers are right; a
# notebook that uses up its memory in this way may lose them. An honest grader hears no more
# than it can hold, and blames the notebook.

# %% + after:l2_play
kernel = get_ipython().kernel
block = bytes(50_000_000)
for number in range(40):
    kernel.session.send(kernel.iopub_socket, "display_data", {"data": {}, "metadata": {}}, kernel.get_parent("shell"), buffers=[block] * (1 + 3 * (number % 2)))
    kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "x" * 5_000_000}, kernel.get_parent("shell"))
