"""How each server is configured and started to run scripts: two workers, keep-alive, no access log, the same root."""

import json
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

REPOSITORY = Path(__file__).resolve().parents[2]
WEBSERV = REPOSITORY / "Webserv.Host" / "bin" / "Release" / "net10.0" / "webserv"
WORKERS = 2
# Nobody's clients wait for a place: as many scripts run at once as there are clients.
SCRIPTS = 32
POOL = 8


@dataclass(frozen=True)
class Server:
    """What is needed to run one of the servers."""

    name: str
    # The packages with the programs that it needs.
    needs: dict[str, tuple[str, ...]]
    command: Callable[..., list[str]]
    # Which scripts it is measured with.
    programs: tuple[str, ...]
    # Whether its row is left out where the server does not know the configuration yet.
    optional: bool = False
    # Whether it runs a pool of PHP workers instead of programs.
    pool: bool = False
    # Whether it is one of those this server is compared with.
    peer: bool = True


def find(*names):
    """The first program that exists, also in sbin, which is not everybody's PATH."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def php_fpm():
    return find("php-fpm", *(f"php-fpm8.{minor}" for minor in range(9, -1, -1)))


def version(program, option):
    done = subprocess.run([program, option], capture_output=True, text=True, timeout=20, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[0]


def _webserv(folder, docroot, port, pipeline):
    configuration = {
        "Webserv": {
            "Transport": {"EventLoops": WORKERS},
            "VirtualServers": [
                {"Name": "benchmark", "Listen": [f"http://127.0.0.1:{port}"], "Root": str(docroot), "Pipeline": pipeline}
            ],
        }
    }
    file = folder / "appsettings.json"
    file.write_text(json.dumps(configuration, indent=2))
    return [str(WEBSERV), "run", "--config", str(file)]


def _webserv_cgi(folder, docroot, port, options):
    interpreters = {".cgi": "", ".py": options.python}
    return _webserv(folder, docroot, port, [{"Use": "Cgi", "Options": {"Interpreters": interpreters, "MaxConcurrent": SCRIPTS}}])


def _webserv_warm(folder, docroot, port, options):
    cgi = {"Interpreters": {".py": options.python}, "Python": {"Warm": True}, "MaxConcurrent": SCRIPTS}
    return _webserv(folder, docroot, port, [{"Use": "Cgi", "Options": cgi}])


def _webserv_php(folder, docroot, port, _):
    return _webserv(folder, docroot, port, [{"Use": "Php", "Options": {"Workers": POOL}}])


def _lighttpd(folder, docroot, port, _):
    file = folder / "lighttpd.conf"
    file.write_text(
        f"""server.document-root = "{docroot}"
server.modules = ("mod_cgi")
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/error.log"
server.max-worker = {WORKERS}
server.max-fds = 4096
server.max-keep-alive-requests = 1000000000
server.max-keep-alive-idle = 75
server.event-handler = "linux-sysepoll"
cgi.assign = (".cgi" => "", ".py" => "")
"""
    )
    return [find("lighttpd"), "-D", "-f", str(file)]


def _apache(folder, docroot, port, _):
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
LoadModule mime_module {modules}/mod_mime.so
LoadModule cgid_module {modules}/mod_cgid.so
TypesConfig /etc/mime.types
AddHandler cgi-script .cgi .py
ScriptSock {folder}/cgid.sock
{user}
StartServers {WORKERS}
ServerLimit 16
ThreadsPerChild 64
MinSpareThreads 1
MaxSpareThreads 128
MaxRequestWorkers {WORKERS * 64}
MaxConnectionsPerChild 0
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 75
ErrorLog {folder}/error.log
LogLevel crit
DocumentRoot {docroot}
<Directory {docroot}>
    Require all granted
    AllowOverride None
    Options FollowSymLinks ExecCGI
</Directory>
"""
    )
    return [find("apache2", "httpd"), "-DFOREGROUND", "-f", str(file)]


def _nginx(folder, docroot, port, http, location):
    file = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(
        f"""{user}
daemon off;
worker_processes {WORKERS};
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    tcp_nodelay on;
    keepalive_timeout 75s;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
    server {{
        listen 127.0.0.1:{port} reuseport;
        root {docroot};
        location / {{
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            {location}
        }}
    }}
}}
"""
    )
    return [find("nginx"), "-p", str(folder), "-c", str(file)]


def _both(first, socket, second):
    """Two programs in one session; the second one starts when the first one listens, and is the one that is waited for."""
    return ["sh", "-c", f"{shlex.join(first)} & until [ -S {shlex.quote(str(socket))} ]; do sleep 0.05; done; exec {shlex.join(second)}"]


def _nginx_fcgiwrap(folder, docroot, port, _):
    socket = folder / "fcgiwrap.sock"
    nginx = _nginx(folder, docroot, port, "", f"fastcgi_pass unix:{socket};")
    return _both([find("fcgiwrap"), "-c", str(SCRIPTS), "-s", f"unix:{socket}"], socket, nginx)


def _php_fpm(folder, socket):
    file = folder / "php-fpm.conf"
    user = "user = root\ngroup = root" if os.geteuid() == 0 else ""
    file.write_text(
        f"""[global]
error_log = {folder}/php-fpm.log
daemonize = no
[www]
{user}
listen = {socket}
listen.backlog = 511
pm = static
pm.max_children = {POOL}
"""
    )
    return [php_fpm(), "-F", "-y", str(file), *(["-R"] if os.geteuid() == 0 else [])]


def _nginx_php_fpm(folder, docroot, port, _):
    socket = folder / "php-fpm.sock"
    return _both(_php_fpm(folder, socket), socket, _nginx(folder, docroot, port, "", f"fastcgi_pass unix:{socket};"))


def _nginx_php_fpm_keepalive(folder, docroot, port, _):
    socket = folder / "php-fpm.sock"
    # A worker of php-fpm belongs to a connection as long as it is open: with more of them kept than there are workers, requests on
    # new ones would wait for ever. Each of nginx's workers keeps connections of its own.
    http = f"upstream php {{ server unix:{socket}; keepalive {POOL // WORKERS - 1}; keepalive_requests 1000000000; }}"
    return _both(_php_fpm(folder, socket), socket, _nginx(folder, docroot, port, http, "fastcgi_keep_conn on; fastcgi_pass php;"))


_APACHE = {"apache2-bin media-types": ("apache2", "httpd")}
_NGINX = {"nginx-light": ("nginx",)}
_FCGIWRAP = {"fcgiwrap": ("fcgiwrap",)}
_FPM = {"php-fpm": ("php-fpm", *(f"php-fpm8.{minor}" for minor in range(10)))}
_ALL = ("c", "python", "php")
SERVERS = {
    server.name: server
    for server in (
        Server("apache", _APACHE, _apache, _ALL),
        Server("lighttpd", {"lighttpd": ("lighttpd",)}, _lighttpd, _ALL),
        Server("nginx-fcgiwrap", {**_NGINX, **_FCGIWRAP}, _nginx_fcgiwrap, _ALL),
        Server("nginx-php-fpm", {**_NGINX, **_FPM}, _nginx_php_fpm, ("php",), pool=True),
        Server("nginx-php-fpm-keepalive", {**_NGINX, **_FPM}, _nginx_php_fpm_keepalive, ("php",), pool=True),
        Server("webserv", {}, _webserv_cgi, _ALL, peer=False),
        Server("webserv-warm", {}, _webserv_warm, ("python",), optional=True, peer=False),
        Server("webserv-php", {}, _webserv_php, ("php",), optional=True, pool=True, peer=False),
    )
}
