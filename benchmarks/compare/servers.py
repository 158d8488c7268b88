"""How each server is configured and started: the same root, two workers, keep-alive, no access log, sendfile."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

REPOSITORY = Path(__file__).resolve().parents[2]
WEBSERV = REPOSITORY / "Webserv.Host" / "bin" / "Release" / "net10.0" / "webserv"
WORKERS = 2
WORKER_CONNECTIONS = 8192


@dataclass(frozen=True)
class Server:
    """What is needed to run one of the servers."""

    name: str
    package: str
    program: Callable[[], str | None]
    command: Callable[..., list[str]]
    version: Callable[[str], str]


def _find(*names):
    """The first program that exists, also in sbin, which is not everybody's PATH."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def _output(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else ""


def _webserv(program, folder, docroot, port, keepalive=75):
    configuration = {
        "Webserv": {
            "Limits": {"MaxConnections": WORKERS * WORKER_CONNECTIONS, "KeepAliveTimeout": f"{keepalive}s"},
            "Transport": {"EventLoops": WORKERS},
            "VirtualServers": [
                {
                    "Name": "benchmark",
                    "Listen": [f"http://127.0.0.1:{port}"],
                    "Root": str(docroot),
                    "Pipeline": [{"Use": "StaticFiles"}],
                }
            ],
        }
    }
    file = folder / "appsettings.json"
    file.write_text(json.dumps(configuration, indent=2))
    return [program, "run", "--config", str(file)]


def _nginx(program, folder, docroot, port, keepalive=75):
    file = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(
        f"""{user}
daemon off;
worker_processes {WORKERS};
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections {WORKER_CONNECTIONS}; multi_accept on; }}
http {{
    default_type application/octet-stream;
    access_log off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_timeout {keepalive}s;
    keepalive_requests 1000000000;
    open_file_cache max=10000 inactive=60s;
    open_file_cache_valid 1s;
    open_file_cache_min_uses 1;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port} reuseport backlog=4096; root {docroot}; }}
}}
"""
    )
    return [program, "-p", str(folder), "-c", str(file)]


def _lighttpd(program, folder, docroot, port):
    file = folder / "lighttpd.conf"
    file.write_text(
        f"""server.document-root = "{docroot}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/error.log"
server.max-worker = {WORKERS}
server.max-fds = 16384
server.max-connections = 8192
server.max-keep-alive-requests = 1000000000
server.max-keep-alive-idle = 75
server.network-backend = "sendfile"
server.event-handler = "linux-sysepoll"
server.stat-cache-engine = "simple"
"""
    )
    return [program, "-D", "-f", str(file)]


def _apache(program, folder, docroot, port):
    modules = Path("/usr/lib/apache2/modules")
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    file = folder / "apache.conf"
    file.write_text(
        f"""ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
DefaultRuntimeDir {folder}
Mutex posixsem
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
{user}
StartServers {WORKERS}
ServerLimit 16
ThreadLimit 512
ThreadsPerChild 512
MinSpareThreads 1
MaxSpareThreads 1024
MaxRequestWorkers {WORKERS * 512}
AsyncRequestWorkerFactor 8
MaxConnectionsPerChild 0
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 75
EnableSendfile On
EnableMMAP On
ErrorLog {folder}/error.log
LogLevel crit
DocumentRoot {docroot}
<Directory {docroot}>
    Require all granted
    AllowOverride None
    Options FollowSymLinks
</Directory>
"""
    )
    return [program, "-DFOREGROUND", "-f", str(file)]


SERVERS = {
    server.name: server
    for server in (
        Server("nginx", "nginx-light", lambda: _find("nginx"), _nginx, lambda p: _output(p, "-v").removeprefix("nginx version: ")),
        Server(
            "webserv",
            "",
            lambda: str(WEBSERV) if WEBSERV.exists() else None,
            _webserv,
            lambda p: "webserv " + _output("git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"),
        ),
        Server("lighttpd", "lighttpd", lambda: _find("lighttpd"), _lighttpd, lambda p: _output(p, "-v").split(" (")[0]),
        Server(
            "apache", "apache2", lambda: _find("apache2", "httpd"), _apache,
            lambda p: _output(p, "-v").removeprefix("Server version: "),
        ),
    )
}
