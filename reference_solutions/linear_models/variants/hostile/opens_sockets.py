# title: looks for a network, a name server, a metadata service and a Docker socket
# earns: 0
# keeps: 0

# Tries: to fetch the answers from anywhere, or to send the questions home. Nothing is sent to any
# address but loopback and addresses that exist nowhere; waits are short. An honest grader's
# sandbox has no network, and nothing here earns a point anyhow.

# %% + after:setup
import socket
import threading

found = []


def attempt(family, kind, address, name):
    try:
        with socket.socket(family, kind) as one:
            one.settimeout(0.3)
            one.connect(address)
            one.send(b"GET /solution HTTP/1.0\r\n\r\n")
            found.append((name, one.recv(100)))
    except OSError as error:
        found.append((name, type(error).__name__))


server = socket.socket()
try:
    server.bind(("127.0.0.1", 0))
    server.listen()
    threading.Thread(target=server.accept, daemon=True).start()
    attempt(socket.AF_INET, socket.SOCK_STREAM, server.getsockname(), "loopback")
except OSError:
    pass
attempt(socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80), "documentation address")
attempt(socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80), "metadata")
attempt(socket.AF_INET6, socket.SOCK_STREAM, ("2001:db8::1", 80), "IPv6")
attempt(socket.AF_UNIX, socket.SOCK_STREAM, "/var/run/docker.sock", "Docker")
attempt(socket.AF_UNIX, socket.SOCK_STREAM, "\0dlgrade-nobody", "abstract")
print(found)

# %% mse_loss
def mse_loss(X, y, w):
    return len(found) / 2
