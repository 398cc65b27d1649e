# title: answers with array files whose headers lie, call, nest or never end
# earns: 30
# keeps: 30
# base: reference

# Tries: the kernel's handler for questions is replaced, and sends bytes of its own making as the
# arrays that `expand` returned. Whoever reads their headers takes gigabytes, runs out of stack,
# unpickles, or raises an error that it did not expect and holds the points for it. An honest
# grader reads them as what they are: only `expand` is lost.

# %% + after:l2_play
import pickle

kernel = get_ipython().kernel
honest = kernel.shell_handlers["ask_request"]


def file(header, data=b"", version=b"\x01\x00"):
    size = 2 if version == b"\x01\x00" else 4
    return b"\x93NUMPY" + version + len(header).to_bytes(size, "little") + header.encode("latin1") + data


def shaped(shape, kind="<f8"):
    return "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)


FILES = [
    file(shaped("(True,)"), bytes(8)),
    b"\x93NUMPY\x02\x00\xff\xff\xff\xff{",
    file(shaped("(" + "9" * 5000 + ",)")),
    file("(" * 5000 + ")" * 5000),
    file(shaped("(1,)", "|O"), pickle.dumps([print])),
    file(shaped("(-1, False)"), bytes(8)),
    file(shaped("(0, 9223372036854775807, 9223372036854775807)")),
]


async def with_forged_files(stream, ident, parent):
    if parent["content"]["ask"]["name"] != "expand":
        await honest(stream, ident, parent)
        return
    for case, data in enumerate(FILES):
        answer = {"case": case, "status": "ok", "items": [{"buffer": 0}], "changed": [], "seconds": 0.0}
        kernel.session.send(kernel.iopub_socket, "ask_answer", answer, parent, buffers=[data])
    kernel.session.send(stream, "ask_reply", {"status": "ok", "names": {}}, parent, ident)


kernel.shell_handlers["ask_request"] = with_forged_files
