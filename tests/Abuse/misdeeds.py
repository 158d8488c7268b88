"""Scripts that do what they should not, and what their clients are to see."""

from dataclasses import dataclass, field

NICENESS = 10  # As docs/cgi.md has it for scripts that compete with the server.
HEAD = "printf 'Content-Type: text/plain\\n\\n'\n"

# As root: a user that nobody else is, with room for as many processes. Else a bomb that stops by itself.
BOMB_USER = 54321
BOMB_PROCESSES = 200


@dataclass(frozen=True)
class Misdeed:
    """One kind."""

    name: str
    script: str
    outcomes: tuple  # Statuses; "cut" is an answer that begins and does not end.
    body: int = 0  # Bytes that the client sends.
    patience: float | None = None  # Seconds after which the client leaves.
    options: dict = field(default_factory=dict)

    def settings(self, timeout):
        """Its options, with time for those that are to answer, however busy the machine: how quick they are is not the question."""
        patience = {} if 504 in self.outcomes or self.patience else {"FirstByteTimeout": "200s", "Timeout": "30s"}
        limits = {"Niceness": NICENESS, **self.options.get("Limits", {})}
        return {"Timeout": timeout, **patience, **self.options, "Limits": limits}


def misdeeds(is_root):
    """All kinds."""
    bomb = "bomb() { bomb | bomb & }\nbomb\nwait\nsleep 1000\n" if is_root else (
        "bomb() { [ $1 -gt 3 ] || { bomb $(($1 + 1)) & bomb $(($1 + 1)) & }; sleep 1000; }\nbomb 0\n")
    limits = {"Limits": {"User": str(BOMB_USER), "Group": str(BOMB_USER), "Processes": BOMB_PROCESSES}} if is_root else {}
    return [
        Misdeed("endless loop", "while :; do :; done\n", (504,)),
        Misdeed("endless loop beyond its processor time", "while :; do :; done\n", (502, 504), options={"Limits": {"CpuTime": "1s"}}),
        Misdeed("endless output", HEAD + "exec cat /dev/zero\n", ("cut",), options={"MaxOutputSize": "4MB"}),
        Misdeed("fork bomb", bomb, (502, 503, 504), options=limits),
        Misdeed(
            "10 MB on standard error at once",
            "yes 'an error message of some length' | head -c 10485760 >&2\n" + HEAD + "echo fine\n", (200,),
        ),
        Misdeed("never reads", "sleep 1000\n", (504,), body=2 << 20),
        Misdeed("answers without reading", HEAD + "echo fine\n", (200,), body=2 << 20),
        Misdeed("never writes", "cat > /dev/null\nsleep 1000\n", (504,), body=1000),
        Misdeed("closes standard output and lingers", HEAD + "echo fine\nexec >&-\nsleep 1000\n", (200,)),
        Misdeed("ignores SIGTERM", "trap '' TERM\nwhile :; do sleep 1000; done\n", (504,)),
        Misdeed("double-forks", HEAD + "echo fine\n(setsid sleep 1000 < /dev/null > /dev/null 2>&1 &)\n", (200,)),
        Misdeed("double-forks and hangs", "(setsid sh -c 'trap \"\" TERM; sleep 1000; :' < /dev/null > /dev/null 2>&1 &)\nsleep 1000\n", (504,)),
        Misdeed("killed by a signal", "kill -SEGV $$\n", (502,)),
        Misdeed("killed by a signal in its answer", HEAD + "echo half\nkill -KILL $$\n", (502, "cut")),
        Misdeed("header without end", "while :; do echo 'A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'; done\n", (502,)),
        Misdeed("binary garbage", "exec head -c 100000 /dev/urandom\n", (502,)),
        Misdeed("fills its temporary directory", HEAD + "cd \"$TMPDIR\" && mkdir -p a/b/c && touch a/1 a/b/2 a/b/c/3 && ln -s / link && echo fine\n", (200,),
                options={"PrivateTemp": True}),
        Misdeed("its client leaves", "sleep 1000\n", ("left",), patience=1),
    ]
