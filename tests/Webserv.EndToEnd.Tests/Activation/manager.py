"""What a service manager with socket activation does: binds, hands the sockets over, restarts the server on SIGHUP.

    manager.py PORT-VARIABLE UNIX-PATH NAMES COMMAND...

The port that was bound is put into a variable of the server's environment; UNIX-PATH may be empty. After each end of the server
a line "exited STATUS" is written. SIGTERM ends both.
"""
import os
import signal
import socket
import sys

variable, path, names, *command = sys.argv[1:]
tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tcp.bind(("127.0.0.1", 0))
tcp.listen(4096)
sockets = [tcp]
if path:
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unix.bind(path)
    unix.listen(4096)
    sockets.append(unix)
os.environ[variable] = str(tcp.getsockname()[1])
notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notified.bind("\0webserv-test-%d" % os.getpid())
notified.setblocking(False)
signals = {signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)


def start():
    process = os.fork()
    if process:
        return process
    # Out of the way first: one of them may have a number that another one is to get.
    high = [os.dup2(handed.fileno(), 100 + index) for index, handed in enumerate(sockets)]
    for index, descriptor in enumerate(high):
        os.dup2(descriptor, 3 + index)
        os.close(descriptor)
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.environ["LISTEN_FDS"] = str(len(sockets))
    os.environ["LISTEN_FDNAMES"] = names
    os.environ["NOTIFY_SOCKET"] = "@webserv-test-%d" % os.getppid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
    os.execv(command[0], command)


def stop(process):
    os.kill(process, signal.SIGTERM)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print("exited", status, flush=True)
    return status


def tell():
    """Writes what the server has told meanwhile."""
    while True:
        try:
            print("notified", notified.recv(4096).decode().split("\n")[0], flush=True)
        except BlockingIOError:
            return


server = start()
while True:
    caught = signal.sigwait(signals)
    if caught == signal.SIGUSR1:
        os.kill(server, signal.SIGHUP)
        continue
    status = stop(server)
    tell()
    if caught == signal.SIGTERM:
        sys.exit(status)
    server = start()
