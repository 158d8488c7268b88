"""How each server is configured and started: the same root, two workers, keep-alive, sendfile; access log and coded siblings where they are asked for."""

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
BARE = REPOSITORY / "benchmarks" / "bare" / "bin" / "bare"
KESTREL = REPOSITORY / "benchmarks" / "kestrel" / "bin" / "Release" / "net10.0" / "kestrel-files"
COMBINED_APACHE = r'%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"'
# What nginx's mime.types says of the files of assets.py; Apache, Caddy and Kestrel have tables of their own.
TYPES = {
    "html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "json": "application/json",
    "woff2": "font/woff2", "jpg": "image/jpeg", "webp": "image/webp", "png": "image/png",
}
TEXT = "html|css|js|svg|json"


@dataclass(frozen=True)
class Settings:
    """What all servers are to do alike."""

    keepalive: int = 75
    # A file, or None for no access log.
    log: Path | None = None
    # Content codings whose siblings are there, best first.
    codings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Server:
    """What is needed to run one of the servers."""

    name: str
    package: str
    program: Callable[[], str | None]
    command: Callable[..., list[str]]
    version: Callable[[str], str]
    # What its access log is, where it is not the combined format.
    log_note: str = ""


def _find(*names):
    """The first program that exists, also in sbin, which is not everybody's PATH."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def _output(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else ""


def _webserv(program, folder, docroot, port, settings=Settings()):
    static_files = {"Use": "StaticFiles"}
    if settings.codings:
        static_files["Options"] = {"Precompressed": list(settings.codings)}
    configuration = {
        "Webserv": {
            "Limits": {"MaxConnections": WORKERS * WORKER_CONNECTIONS, "KeepAliveTimeout": f"{settings.keepalive}s"},
            "Transport": {"EventLoops": WORKERS},
            "VirtualServers": [
                {
                    "Name": "benchmark",
                    "Listen": [f"http://127.0.0.1:{port}"],
                    "Root": str(docroot),
                    "Pipeline": [static_files],
                }
            ],
        }
    }
    if settings.log:
        configuration["Webserv"]["AccessLog"] = {"Path": str(settings.log), "Format": "Combined"}
    file = folder / "appsettings.json"
    file.write_text(json.dumps(configuration, indent=2))
    return [program, "run", "--config", str(file)]


def _nginx(program, folder, docroot, port, settings=Settings(), buffering=""):
    file = folder / "nginx.conf"
    access_log = f"{settings.log} combined{buffering}" if settings.log else "off"
    # It has no module for br and zstd of its own.
    gzip_static = "gzip_static on;\n    gzip_vary on;" if "gzip" in settings.codings else ""
    types = " ".join(f"{kind} {extension};" for extension, kind in TYPES.items())
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
    types {{ {types} }}
    access_log {access_log};
    {gzip_static}
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_timeout {settings.keepalive}s;
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


def _nginx_buffered(program, folder, docroot, port, settings=Settings()):
    return _nginx(program, folder, docroot, port, settings, " buffer=64k flush=1s")


def _lighttpd(program, folder, docroot, port, settings=Settings()):
    file = folder / "lighttpd.conf"
    types = [(extension + suffix, kind) for suffix in (".gz", "") for extension, kind in TYPES.items()]
    mimetypes = ", ".join(f'".{extension}" => "{kind}"' for extension, kind in types)
    more = ""
    if settings.log:
        more += f"""server.modules += ("mod_accesslog")
accesslog.filename = "{settings.log}"
accesslog.format = "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\""
"""
    if "gzip" in settings.codings:
        # It has no option for siblings; this is how its documentation does it.
        more += f"""server.modules += ("mod_rewrite", "mod_setenv")
$REQUEST_HEADER["Accept-Encoding"] =~ "gzip" {{
    $HTTP["url"] =~ "^/assets/.*\\.({TEXT})$" {{ url.rewrite-once = ("^(.*)$" => "$1.gz") }}
}}
$HTTP["url"] =~ "\\.gz$" {{ setenv.add-response-header = ("Content-Encoding" => "gzip", "Vary" => "Accept-Encoding") }}
"""
    file.write_text(
        f"""server.document-root = "{docroot}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/error.log"
server.max-worker = {WORKERS}
server.max-fds = 16384
server.max-connections = 8192
server.max-keep-alive-requests = 1000000000
server.max-keep-alive-idle = {settings.keepalive}
server.network-backend = "sendfile"
server.event-handler = "linux-sysepoll"
server.stat-cache-engine = "simple"
mimetype.assign = ({mimetypes})
{more}"""
    )
    return [program, "-D", "-f", str(file)]


def _apache(program, folder, docroot, port, settings=Settings()):
    modules = Path("/usr/lib/apache2/modules")
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    file = folder / "apache.conf"
    more = ""
    if settings.log:
        more += f"""CustomLog {settings.log} "{COMBINED_APACHE}"
"""
    if "gzip" in settings.codings:
        # As its documentation of mod_deflate has it.
        more += f"""LoadModule rewrite_module {modules}/mod_rewrite.so
LoadModule headers_module {modules}/mod_headers.so
RewriteEngine On
RewriteCond "%{{HTTP:Accept-Encoding}}" "gzip"
RewriteCond "%{{DOCUMENT_ROOT}}%{{REQUEST_URI}}.gz" -s
RewriteRule "^(/assets/.*\\.({TEXT}))$" "$1.gz"
<FilesMatch "\\.({TEXT})\\.gz$">
    RemoveEncoding .gz
    Header set Content-Encoding gzip
    Header append Vary Accept-Encoding
</FilesMatch>
"""
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
TypesConfig /etc/mime.types
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
KeepAliveTimeout {settings.keepalive}
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
{more}"""
    )
    return [program, "-DFOREGROUND", "-f", str(file)]


def _caddy(program, folder, docroot, port, settings=Settings()):
    file = folder / "Caddyfile"
    order = [coding for coding in settings.codings if coding in ("gzip", "br", "zstd")]
    precompressed = f"precompressed {' '.join(order)}" if order else ""
    log = f"log {{\n        output file {settings.log} {{\n            roll_disabled\n        }}\n    }}" if settings.log else ""
    file.write_text(
        f"""{{
    admin off
    auto_https off
    log {{
        level ERROR
    }}
    servers {{
        protocols h1
        timeouts {{
            idle {settings.keepalive}s
        }}
    }}
}}
http://127.0.0.1:{port} {{
    bind 127.0.0.1
    root * {docroot}
    file_server {{
        {precompressed}
    }}
    {log}
}}
"""
    )
    return [
        "env", f"GOMAXPROCS={WORKERS}", f"HOME={folder}", f"XDG_DATA_HOME={folder}", f"XDG_CONFIG_HOME={folder}",
        program, "run", "--config", str(file), "--adapter", "caddyfile",
    ]


def _kestrel(program, _, docroot, port, settings=Settings()):
    gzip = ["--gzip"] if "gzip" in settings.codings else []
    return [
        "env", f"DOTNET_PROCESSOR_COUNT={WORKERS}", "DOTNET_EnableDiagnostics=0",
        program, str(port), str(docroot), *gzip, *(["--log", str(settings.log)] if settings.log else []),
    ]


def _bare(program, _, docroot, port, settings=Settings()):
    files = list(docroot.glob("*.bin"))
    if len(files) != 1 or settings.codings or settings.log:
        raise RuntimeError("bare has one small file and no log: --workloads files --files 612")
    return [program, str(port), str(files[0]), str(WORKERS)]


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
        Server("caddy", "caddy", lambda: _find("caddy"), _caddy, lambda p: "Caddy " + _output(p, "version").split(" ")[0], "JSON, which is all it has"),
        Server(
            "kestrel", "", lambda: str(KESTREL) if KESTREL.exists() else None, _kestrel,
            lambda _: "Kestrel " + _output("dotnet", "--version"), "W3C's format, which is all it has",
        ),
        Server("bare", "gcc libc6-dev", lambda: str(BARE) if BARE.exists() else None, _bare, lambda _: "bare (benchmarks/bare)"),
        Server(
            "nginx-buffered", "nginx-light", lambda: _find("nginx"), _nginx_buffered, lambda p: "",
            "nginx with access_log … buffer=64k flush=1s",
        ),
    )
}
# Those that are measured where nothing else is said; nginx-buffered where there is an access log. bare is no server.
USUAL = ("nginx", "webserv", "lighttpd", "apache", "caddy", "kestrel")
