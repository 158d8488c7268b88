"""Keeps one interpreter ready and forks it for each script, as the server asks for it. See docs/adr/0006-warm-python.md.

Runs as `python3 OPTIONS -c 'read this from descriptor 0 and execute it'`, so that options and environment mean what they mean for
a script. Descriptor 0 is a SOCK_SEQPACKET socket to the server. Nothing here may leave a trace in what a script can see: only
modules that every interpreter has are used, and those that a script would not find are taken out again before it runs.

From the server, after this text:
    H, length of the next part (4), names of modules to import separated by NUL, the environment this was started with
    S, id (4), lengths of environment, arguments, directory (4 each), these three, then limits: resource, soft, hard (8 each),
       with the three standard descriptors attached
    W, id (4), process id (4)
To the server:
    F, names of files that were imported, separated by NUL   R: ready   X, why it never will be
    A, id (4), answer (4): for S a process id or a negative error number; for W what wait() below returns
"""

import posix
import sys

CONTROL = 0
MARK = b"WEBSERV_SCRIPT_ID"
LARGEST = 1 << 18
STARTUP_SECONDS = 60
# Modules of the standard library's own that do not write through the C library's buffers, which only a full exit flushes.
BUFFERED_IN_C = ("_ctypes", "readline", "_curses", "_curses_panel", "_tkinter")


def fail(reason):
    posix.write(CONTROL, b"X" + reason.encode("utf-8", "replace")[:4096])
    posix._exit(1)


def preload(names):
    """Imports what is configured. A failure shows its traceback on standard error, which the server logs."""
    import _signal

    _signal.alarm(STARTUP_SECONDS)  # Whoever waits for this may have died meanwhile.
    for name in names:
        try:
            __import__(name)
        except BaseException as problem:
            if not isinstance(problem, (KeyboardInterrupt, SystemExit)):
                sys.excepthook(type(problem), problem, problem.__traceback__)
            fail(f"import {name} failed: {type(problem).__name__}: {problem}")
    _signal.alarm(0)


def imported_files():
    files = {sys.executable}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file:
            files.add(file)
    return [file.encode(ENCODING, ERRORS) for file in files]


def announce_files():
    message = b""
    for file in imported_files():
        if len(message) + len(file) > 30000:
            posix.write(CONTROL, b"F" + message)
            message = b""
        message += file + b"\0"
    posix.write(CONTROL, b"F" + message)


def parse_environment(block):
    return dict(variable.split(b"=", 1) for variable in block.split(b"\0") if variable)


def find_mark(nobody):
    """
    Where the environment that this process was started with, which the system shows of each of its copies (/proc/PID/environ), has
    the value of the variable by which the server finds what a script leaves behind; 0 where it is not to be or cannot be written.
    """
    if nobody is None:
        return 0
    place = MARK + b"=" + nobody + b"\0"
    try:
        status = posix.open("/proc/self/stat", posix.O_RDONLY | posix.O_CLOEXEC)
        fields = posix.read(status, 4096)
        posix.close(status)
        begin, end = (int(field) for field in fields[fields.rindex(b")") + 2 :].split()[47:49])
        memory = posix.open("/proc/self/mem", posix.O_RDWR | posix.O_CLOEXEC)
        at = (b"\0" + posix.pread(memory, end - begin, begin)).find(b"\0" + place)
        written = at >= 0 and posix.pwrite(memory, place, begin + at)
        posix.close(memory)
        if written == len(place):
            return begin + at + len(MARK) + 1
        reason = "it is not there"
    except (OSError, ValueError, OverflowError) as problem:
        reason = str(problem)
    posix.write(2, f"KillDescendants does not find what forks, makes a session and executes nothing: {MARK.decode()}: {reason}\n".encode())
    return 0


def set_mark(mark, nobody):
    """Writes the mark of the script that this process becomes, unless something else is there by now."""
    if MARK_AT and mark is not None and len(mark) == len(nobody):
        try:
            memory = posix.open("/proc/self/mem", posix.O_RDWR | posix.O_CLOEXEC)
            place = MARK + b"=" + nobody + b"\0"
            if posix.pread(memory, len(place), MARK_AT - len(MARK) - 1) == place:
                posix.pwrite(memory, mark, MARK_AT)
            posix.close(memory)
        except OSError:
            pass  # It could be written when this began. The script's group is ended in any case.


ENCODING = sys.getfilesystemencoding()
ERRORS = sys.getfilesystemencodeerrors()
FIRST_NAMES = {name: value for name, value in sys.modules["__main__"].__dict__.items() if name[:2] == "__"}
SAFE_PATH = getattr(sys.flags, "safe_path", False) or sys.flags.isolated
if sys.version_info < (3, 10):
    fail("it needs Python 3.10 or later")
OPTIONS = sys.orig_argv[:-2]
if sys.flags.inspect or sys.flags.interactive or sys.flags.verbose:
    fail("it is interactive or verbose (PYTHONINSPECT, PYTHONVERBOSE)")
if not SAFE_PATH and sys.path and sys.path[0] == "":
    del sys.path[0]  # Of -c; a script's folder takes its place.
if sys.version_info >= (3, 13):
    sys.modules.pop("linecache", None)  # Of -c; a script that is a file does without.
STREAMS = (sys.stdin, sys.stdout, sys.stderr)

hello = posix.read(CONTROL, LARGEST)
if not hello.startswith(b"H"):
    posix._exit(1)
first = 5 + int.from_bytes(hello[1:5], "little")
preload([name.decode() for name in hello[5:first].split(b"\0") if name])
(sys.stdin, sys.stdout, sys.stderr) = STREAMS
KEPT = frozenset(sys.modules)

import _signal
import _socket
import gc
import resource
from _frozen_importlib_external import SourceFileLoader
from _io import _IOBase as IO

if len(posix.listdir("/proc/self/task")) > 1:
    fail("a module of Preload started a thread, which a fork does not copy")

# What a wrapper (a virtual environment's, pyenv's) or the interpreter itself (PEP 538) made of the environment.
_before = parse_environment(hello[first:])
_now = dict(posix.environ)
if "os" in sys.modules:
    _now = dict(sys.modules["os"].environ._data)
ADDED = {name: value for name, value in _now.items() if _before.get(name) != value}
REMOVED = [name for name in _before if name not in _now]
OWN = frozenset(_now)
MARK_AT = find_mark(_before.get(MARK))
MAIN = type(sys)("__main__")  # The one there is belongs to this program's outermost frame.


class _Unraisable:
    """Whose end shows the type of what sys.unraisablehook is given, which has no name."""

    def __del__(self):
        raise ValueError


UNRAISABLE = []
_hook = sys.unraisablehook
sys.unraisablehook = lambda what: UNRAISABLE.append(type(what))
_Unraisable()
sys.unraisablehook = _hook
del _hook


class Exit(BaseException):
    """Ends the interpreter in full, from its outermost frame."""


def run(message, first):
    """Becomes the script: the rest of the process's life."""
    environment, arguments, limits = take(message)
    posix.setsid()
    for target in (0, 1, 2):
        posix.dup2(first[target], target)
    for descriptor in first:
        posix.close(descriptor)
    set_mark(environment.get(MARK), _before.get(MARK))
    if limits:
        set_limits(limits)
    set_environment(environment)
    path = arguments[0]
    try:
        script = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
        information = posix.fstat(script)
        source = read(script, information.st_size)
        real = posix.readlink(f"/proc/self/fd/{script}")
        posix.close(script)
        if information.st_mode & 0o170000 != 0o100000 or b"PK\5\6" in source[-65557:]:
            raise OSError  # No plain file: an archive, for example.
    except OSError:
        # Whatever is wrong, the interpreter itself knows best how to say so.
        program = [sys.executable, *OPTIONS[1:], *arguments]
        posix.execve(sys.executable, program, environment)
    if posix.fstat(0).st_mode & 0o170000 != 0o010000 or sys.stdin.closed:
        renew_standard_input()
    sys.argv = arguments
    sys.orig_argv = OPTIONS + arguments
    if not SAFE_PATH:
        sys.path.insert(0, real[: real.rindex("/")] or "/")
    for name in [name for name in sys.modules if name not in KEPT]:
        del sys.modules[name]
    sys.modules["__main__"] = MAIN
    names = MAIN.__dict__
    names.update(FIRST_NAMES)
    names.update(__loader__=SourceFileLoader("__main__", path), __file__=path, __cached__=None)
    if COLLECTS:
        gc.enable()
    return path, source, names


def take(message):
    position = 17
    parts = []
    for field in (5, 9, 13):
        length = int.from_bytes(message[field : field + 4], "little")
        parts.append(bytes(message[position : position + length]))
        position += length
    environment = parse_environment(parts[0])
    environment.update(ADDED)
    for name in REMOVED:
        environment.pop(name, None)
    arguments = [argument.decode(ENCODING, ERRORS) for argument in parts[1].split(b"\0")[:-1]]
    return environment, arguments, bytes(message[position:])


def set_limits(limits):
    """As the server sets them for others: never above what this has itself. They hold before the script's first line."""
    for position in range(0, len(limits), 24):
        kind, soft, hard = (int.from_bytes(limits[at : at + 8], "little", signed=True) for at in range(position, position + 24, 8))
        highest = resource.getrlimit(kind)[1]
        if highest != resource.RLIM_INFINITY:
            hard = min(hard, highest)
        resource.setrlimit(kind, (min(soft, hard), hard))


def set_environment(environment):
    for name in OWN:
        if name not in environment:
            posix.unsetenv(name)
    for name, value in environment.items():
        posix.putenv(name, value)
    posix.environ.clear()
    posix.environ.update(environment)
    if "os" in sys.modules:
        data = sys.modules["os"].environ._data
        data.clear()
        data.update(environment)


def read(descriptor, size):
    whole = posix.read(descriptor, size + 1)
    while piece := posix.read(descriptor, 65536):
        whole += piece
    return whole


def renew_standard_input():
    """As the interpreter makes it: what is known of the old one is true for a pipe."""
    import _io

    old = sys.__stdin__
    buffered = _io.open(0, "rb", closefd=False)
    buffered.raw.name = "<stdin>"
    sys.stdin = sys.__stdin__ = _io.TextIOWrapper(buffered, old.encoding, old.errors, line_buffering=buffered.raw.isatty())
    sys.stdin.mode = "r"


def report(problem):
    """Says what ended the script, as the interpreter does, and returns the exit status."""
    if isinstance(problem, SystemExit):
        code = problem.code
        if code is None:
            return 0
        if isinstance(code, int):
            return code & 0xFF if -(1 << 63) <= code < 1 << 63 else 0xFF
        try:
            sys.stderr.write(f"{code}\n")
        except BaseException:
            pass  # There is nobody left to tell, for the interpreter as well.
        return 1
    # Without the frame of this program.
    problem = problem.with_traceback(problem.__traceback__ and problem.__traceback__.tb_next)
    sys.last_type, sys.last_value, sys.last_traceback = type(problem), problem, problem.__traceback__
    if sys.version_info >= (3, 12):
        sys.last_exc = problem
    try:
        sys.excepthook(type(problem), problem, problem.__traceback__)
    except SystemExit as exit:
        return report(exit)
    except BaseException as second:
        try:
            sys.stderr.write("Error in sys.excepthook:\n")
            second = second.with_traceback(second.__traceback__ and second.__traceback__.tb_next)
            sys.__excepthook__(type(second), second, second.__traceback__)
            sys.stderr.write("\nOriginal exception was:\n")
            sys.__excepthook__(type(problem), problem, problem.__traceback__)
        except BaseException:
            pass  # Standard error is closed.
    return 1


def unraisable(problem, thing, message=None):
    """Names a problem of the exit, which cannot be raised any more; from 3.13 on with a message instead of the thing."""
    if sys.version_info >= (3, 13) and message:
        thing = None
    else:
        message = None
    try:
        sys.unraisablehook(UNRAISABLE[0]((type(problem), problem, problem.__traceback__ and problem.__traceback__.tb_next, message, thing)))
    except BaseException:
        pass  # As the interpreter, which ignores what its last words meet.


def flush(tell):
    """Flushes what the script wrote; False where it was lost, which is told on standard error."""
    complete = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException as problem:
            complete = False
            if tell and stream is sys.stdout:
                unraisable(problem, stream, "Exception ignored on flushing sys.stdout")
    return complete


def needs_full_exit():
    """Whether the script has loaded code that may hold output in the buffers of the C library."""
    for name, module in sys.modules.items():
        if name not in KEPT:
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and (name in BUFFERED_IN_C or (file.endswith(".so") and "/lib-dynload/" not in file)):
                return True
    return False


def finish(status, interrupted):
    """What the interpreter does at its exit, without freeing, and so copying, every page that is shared with the parent."""
    if not interrupted and needs_full_exit():
        raise Exit(status)
    if "threading" in sys.modules:
        try:
            sys.modules["threading"]._shutdown()
        except BaseException as problem:
            unraisable(problem, sys.modules["threading"], "Exception ignored on threading shutdown")
    if "atexit" in sys.modules:
        try:
            sys.modules["atexit"]._run_exitfuncs()
        except BaseException:
            pass  # It has been printed.
    complete = flush(tell=True)
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            setattr(sys, name, None)
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    clear_modules()
    gc.collect()
    for thing in gc.get_objects():
        if isinstance(thing, IO) and thing not in STREAMS:
            try:
                if not thing.closed:
                    thing.flush()
            except BaseException:
                pass  # It cannot be written any more, by the interpreter as little.
    flush(tell=False)
    if interrupted:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
        posix.kill(posix.getpid(), _signal.SIGINT)
    posix._exit(status if complete else 120)


def clear_modules():
    """
    Ends the life of everything that the script made, so that files are flushed and destructors run, in the interpreter's order:
    modules that nobody refers to first, then what is left in the others, the last one first.
    """
    global MAIN, names
    import _weakref

    left = []
    for name in [name for name in sys.modules if name not in KEPT or name == "__main__"]:
        module = sys.modules.pop(name)
        if isinstance(module, type(sys)):
            left.append(_weakref.ref(module))
    module = MAIN = names = None
    gc.collect()
    for reference in reversed(left):
        variables = getattr(reference(), "__dict__", None)
        # First those with one underscore, then all but the builtins.
        for private in (True, False):
            for name in list(variables or ()):
                if isinstance(name, str) and name != "__builtins__" and (not private or (name[:1] == "_" and name[1:2] != "_")):
                    variables[name] = None


def start(message, descriptors):
    """Forks. Returns the process id or a negative error number; in the child, what it has to run."""
    try:
        at = 17 + int.from_bytes(message[5:9], "little") + int.from_bytes(message[9:13], "little")
        posix.chdir(bytes(message[at : at + int.from_bytes(message[13:17], "little")]))
        process = posix.fork()
        if process != 0:
            posix.chdir("/")  # No folder is held on to.
        return process
    except OSError as problem:
        return -problem.errno


def wait(process):
    """Collects a child. Returns its status, with 1 << 16 where nobody else is left in its group; -2 where it runs, -1 if it is none."""
    try:
        found, status = posix.waitpid(process, posix.WNOHANG)
    except ChildProcessError:
        return -1
    if found != process:
        return -2
    try:
        posix.killpg(process, 0)
    except ProcessLookupError:
        status |= 1 << 16
    except PermissionError:
        pass  # Somebody is there, as another user.
    return status


def serve():
    """Forks until a child has something to run, which is returned; the parent never returns."""
    control = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, CONTROL)
    buffer = bytearray(LARGEST)
    view = memoryview(buffer)
    space = _socket.CMSG_SPACE(12)
    while True:
        length, ancillary, _, _ = control.recvmsg_into([buffer], space, _socket.MSG_CMSG_CLOEXEC)
        if length == 0:
            posix._exit(0)
        message = view[:length]
        if message[0] == 83:  # S
            attached = ancillary[0][2]
            descriptors = [int.from_bytes(attached[at : at + 4], sys.byteorder) for at in range(0, len(attached), 4)]
            answer = start(message, descriptors)
            if answer == 0:
                control.detach()  # Closed with descriptor 0, which the script's input takes.
                return message, descriptors
            for descriptor in descriptors:
                posix.close(descriptor)
        else:
            answer = wait(int.from_bytes(message[5:9], "little"))
        control.send(b"A" + bytes(message[1:5]) + answer.to_bytes(4, "little", signed=True))


gc.collect()
COLLECTS = gc.isenabled()
gc.disable()
announce_files()
gc.collect()
gc.freeze()
posix.write(CONTROL, b"R")
path, source, names = run(*serve())
ended_by, status = None, 0
try:
    exec(compile(source, path, "exec", dont_inherit=True), names)
except BaseException as problem:
    ended_by = problem
interrupted = isinstance(ended_by, KeyboardInterrupt)
if ended_by is not None:
    status = report(ended_by)
    ended_by = None
try:
    finish(status, interrupted)
except Exit:
    if status != 0:
        sys.exit(status)
