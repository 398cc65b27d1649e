# title: floods the grader with messages of every wrong form
# earns: 30
# keeps: 30
# base: reference

# Tries: a driver that stumbles over a message is a fault of the grader's, and such a fault holds
# points. Before every question come messages without content, of the wrong types, nested beyond
# all reading, signed wrongly or not at all; the answers about `expand` are such messages.
# An honest grader passes over what it cannot read: only `expand` is lost.

# %% + after:l2_play
kernel = get_ipython().kernel
honest = kernel.shell_handlers["ask_request"]
deep = b"[" * 400 + b"]" * 400


def forms(k):
    yield {"case": k, "status": ["ok"], "items": {"number": 1}}
    yield {"case": k, "status": "ok", "items": [{"number": float("nan")}, {"number": True}]}
    yield {"case": k, "status": "ok", "items": [{"number": 10**300}, {"buffer": -1}, {"buffer": True}]}
    yield {"case": k, "status": "ok", "items": [{"buffer": 0}, {"buffer": 7}], "changed": [["X"], {}, None]}
    yield {"case": k, "status": "ok", "items": [[[]], None, "x"] * 20_000, "seconds": "soon"}
    yield {"case": k, "status": "ok", "items": [{"text": "\ud800\x00"}], "detail": {"a": ["b"] * 1000}}
    yield b'{"case": ' + str(k).encode() + b', "status": "ok", "detail": ' + deep + b', "items": ' + deep + b"}"


async def with_noise(stream, ident, parent):
    def send(kind, content, **more):
        kernel.session.send(kernel.iopub_socket, kind, content, parent, **more)

    for content in (b"", b"3", b"[]", b"{", b"[" * 100_000, b"9" * 100_000, b"\xff\xfe", {}):
        send("ask_answer", content)
    for case in (-1, 10**400, 1e300, "0", None, [], {}):
        send("ask_answer", {"case": case, "status": "ok", "items": [{"number": 1.0}]})
    for content in ({"execution_state": ["idle"]}, {"execution_state": None}, b"[]"):
        send("status", content)
    send("stream", {"name": 3, "text": {"a": 1}})
    send("display_data", {"data": [1], "metadata": 7})
    send("no such message", {"case": 0}, buffers=[b"x" * 100_000])
    for frames in ([b""], [b"<IDS|MSG>"], [b"<IDS|MSG>"] + [b"forged"] * 5, [b"\x00" * 1_000_000]):
        kernel.iopub_socket.send_multipart(frames)
    kernel.session.send(stream, "ask_reply", b"[]", {"msg_id": "someone else's"}, ident)
    if parent["content"]["ask"]["name"] == "mse_loss_around":  # only looked at where it helps
        for case in range(42):
            deeper = b"[" * (780 + 5 * case) + b"]" * (780 + 5 * case)
            send("ask_answer", b'{"case": %d, "status": "ok", "detail": %s}' % (case, deeper))
    if parent["content"]["ask"]["name"] == "expand":
        for k, content in enumerate(forms(k) for k in range(7)):
            for number, form in enumerate(content):
                if number == k:
                    send("ask_answer", form, buffers=[b"\x93NUMPY not at all"])
        kernel.session.send(stream, "ask_reply", {"status": 5, "names": [1]}, parent, ident)
        return
    await honest(stream, ident, parent)


kernel.shell_handlers["ask_request"] = with_noise
