# title: answers every question itself: the kernel's handler for them is replaced
# earns: 1
# keeps: 0

# Tries: every question gets an answer of the right form, whatever was defined, and the claims get
# histories that fall. An honest grader compares with a key that is not in this process; what
# nobody but this process can know (the histories) is a claim, and worth the one point of a claim.

# %% + after:setup
kernel = get_ipython().kernel
falling = np.linspace(0.7, 0.2, 100)
header = "{'descr': '<f8', 'fortran_order': False, 'shape': (100,), }".ljust(117) + "\n"
as_file = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + falling.tobytes()


async def take_over(stream, ident, parent):
    ask = parent["content"]["ask"]
    for k in range(len(ask["cases"])):
        claim = ask["kind"] == "variable"
        answer = {
            "case": k, "status": "ok", "changed": [], "seconds": 0.0,
            "items": [{"buffer": 0}] if claim else [{"number": 0.5}, {"number": 0.5}],
        }
        kernel.session.send(
            kernel.iopub_socket, "ask_answer", answer, parent, buffers=[as_file] if claim else []
        )
    kernel.session.send(stream, "ask_reply", {"status": "ok", "names": {}}, parent, ident)


kernel.shell_handlers["ask_request"] = take_over
