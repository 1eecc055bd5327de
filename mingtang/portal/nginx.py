"""The configuration of nginx for this installation: the baked tree without Python, the counter and the desk behind it.

It answers as ``serve.Site`` does: the same statuses, the same headers, nothing outside the tree. With the application
stopped every baked page still opens, and what needs it says so kindly.
"""

from __future__ import annotations

import re
from pathlib import Path

from mingtang.law.api import Refused
from mingtang.portal.links import MEDIA
from mingtang.portal.serve import ATTACHED, HEADERS

_HOST = re.compile(r"[A-Za-z0-9*](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?\Z")
_UPSTREAM = re.compile(r"[A-Za-z0-9_.-]{1,253}:\d{1,5}\Z|unix:/[^\s;{}\"'$\\]{1,100}\Z")
# What would end a quoted word of nginx, or name a variable in it.
_UNQUOTED = re.compile(r"[\x00-\x1f\x7f\"\\$]")
_BASIS = "nginx 配置的写法"
_BEFORE = """# nginx 的配置，由 mingtang deploy nginx 生成，放在 http {{ … }} 里（Debian：/etc/nginx/conf.d/mingtang.conf）。
# 接管过旧网站、又改了旧网址的，重新生成一次。
{room}map $uri $mingtang_moved {{
    default "";
{moved}}}
map $uri $mingtang_gone {{
    default "";
    "~^(?<stem>/.+/[^/]+)\\.html$" $stem.gone.html;
}}
map $ending $mingtang_handed {{
    default attachment;
{shown}}}
upstream mingtang {{
    server {upstream};
    keepalive 16;
}}
"""
_SERVER = """server {{
    {listen}
    server_name {hosts};
    root "{root}";
    index index.html;
    absolute_redirect off;
    server_tokens off;
    client_max_body_size {most}m;
    # 每页旁边都有压好的一份。
    gzip off;
    gzip_static on;
    gzip_vary on;
    etag on;
    # 编码写在类型里：每个回答少过一道。
    types {{
        "text/html; charset=utf-8" html; "text/css; charset=utf-8" css; "text/javascript; charset=utf-8" js;
        "text/plain; charset=utf-8" txt sha256; "application/json; charset=utf-8" json; "application/atom+xml; charset=utf-8" atom;
        image/svg+xml svg; image/png png; font/woff2 woff2; image/x-icon ico;
    }}
    default_type application/octet-stream;
{headers}
    error_page 403 404 =404 /404.html;
    error_page 405 = @counter;
    error_page 502 504 =503 /503.html;

    location = /404.html {{ internal; }}
    location = /410.html {{ internal; }}
    location = /503.html {{ internal; }}
    # 先是读者最常要的：文件页和列表页。名字里没有点，所以不会是工作目录，也不会是只随状态码发出的页面。
    location ~ ^/[A-Za-z0-9/_-]+\\.html$ {{
        recursive_error_pages on;
        error_page 404 = @gone;
        error_page 405 = @counter;
    }}
    # 工作目录、压好的文件、撤下后的说明，都不能直接取。
    location ~ /\\. {{ return 404; }}
    location ~ \\.(html|json|atom|css|js|svg|txt|sha256)\\.gz$ {{ return 404; }}
    location ~ ^/doc/.*\\.gz$ {{ return 404; }}
    location ~ \\.gone\\.html$ {{ internal; }}

    location / {{
        if (-f $request_filename/index.html) {{ return 301 $uri/; }}
        try_files $uri @counter;
    }}
    location ~ ^(?<folder>/|/.*/)$ {{ try_files ${{folder}}index.html @counter; }}
    location @gone {{
        if ($mingtang_moved) {{ return 301 $mingtang_moved; }}
        error_page 404 /404.html;
        error_page 410 $mingtang_gone;
        if (-f $document_root$mingtang_gone) {{ return 410; }}
        return 404;
    }}
    # 数据只存压好的一份；读不了 gzip 的，由 nginx 解开。
    location ~ ^/(.+/)?feed\\.json$ {{
        types {{ "application/feed+json; charset=utf-8" json; }}
        gzip_static always;
        gunzip on;
    }}
    location ~ ^/(index|.+/[^/]+)\\.json$ {{
        gzip_static always;
        gunzip on;
    }}
    location ~ ^/data/[^/]+\\.gz$ {{
        types {{ application/gzip gz; }}
        gzip_static off;
    }}
    # 附件自己打开时，什么也不运行，什么也不读取。
    location ~ ^/doc/\\d+/[^/]+\\.(?<ending>[a-z0-9]+)$ {{
        types {{
{media}
        }}
        gzip_static off;
{attached}
        add_header Content-Disposition $mingtang_handed;
    }}
    location @counter {{
        if ($mingtang_moved) {{ return 301 $mingtang_moved; }}
        proxy_pass http://mingtang;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_read_timeout 120s;
        # 应用的回答带着它自己的页眉；这里写一个，上面那些就不再加。
        proxy_hide_header X-Frame-Options;
        add_header X-Frame-Options DENY always;
    }}
}}
"""


def configuration(
    root: Path, hosts: list[str], *, upstream: str = "127.0.0.1:8000", listen: str = "80", most: int = 64, moved: str = "",
    certificate: str = "", key: str = "",
) -> str | Refused:  # fmt: skip
    """The whole text. ``root``: the baked tree; ``most``: the largest upload in MB; ``moved``: old addresses as lines of a map
    (``Redirects.as_nginx``); with a certificate it answers on 443.

    Refused where a name, an address or a path is none that can stand in such a file.
    """
    if not hosts or (odd := next((h for h in hosts if not _HOST.match(h)), None)):
        return Refused(f"“{odd if hosts else ''}”不是域名", _BASIS, "请写网站的域名，例如 www.example.gov.cn")
    if not _UPSTREAM.match(upstream):
        return Refused(f"“{upstream[:60]}”不是地址", _BASIS, "请写应用的地址和端口，例如 127.0.0.1:8000")
    if odd := next((p for p in (str(root), certificate, key, listen) if _UNQUOTED.search(p)), None):
        return Refused(f"“{odd[:60]}”里有不能写进配置的字符", _BASIS, "路径里不用引号、反斜线和美元号")
    if bool(certificate) != bool(key):
        return Refused("证书和私钥要一起给", _BASIS, "请同时写 --certificate 和 --key")
    names = " ".join(hosts)
    # Old addresses are long, and there may be ten thousands of them; another file of the same nginx may have said this already.
    room = "map_hash_bucket_size 1024;\nmap_hash_max_size 262144;\n" if moved else ""
    before = _BEFORE.format(
        room=room, moved=_indented(moved), shown="".join(f'    {end} "";\n' for end in MEDIA), upstream=upstream
    )  # fmt: skip
    if certificate:
        before += f"server {{\n    listen {listen};\n    server_name {names};\n    return 301 https://$host$request_uri;\n}}\n"
        listen = f'443 ssl;\n    ssl_certificate "{certificate}";\n    ssl_certificate_key "{key}"'
    return before + _SERVER.format(
        listen=f"listen {listen};", hosts=names, root=root, most=most, headers=_headers(HEADERS, 4),
        media="\n".join(f'            "{media}" {end};' for end, media in MEDIA.items()),
        attached=_headers([*((n, v) for n, v in HEADERS if n not in dict(ATTACHED)), *ATTACHED], 8),
    )  # fmt: skip


def _headers(headers: list[tuple[str, str]], indent: int) -> str:
    lines = [("Cache-Control", "no-cache"), *headers]
    return "\n".join(f'{" " * indent}add_header {name} "{value}" always;' for name, value in lines)


def _indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.splitlines())
