"""The other ends of the channels on 127.0.0.1: small servers that speak the protocols of WeChat and Weibo, faults included."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Faraway:
    """A server that answers JSON. ``faults``: path → what the next calls of it meet: an int (HTTP status), "slow" (done,
    but no answer in time), "lost" (nothing done, no answer), or a dict (that answer and nothing done)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.faults: dict[str, list[Any]] = {}
        there = self

        class Handler(BaseHTTPRequestHandler):
            def _do(self) -> None:
                parts = urlsplit(self.path)
                query = {k: v[0] for k, v in parse_qs(parts.query).items()}
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                there.serve(self, parts.path, query, raw)

            do_GET = do_POST = do_HEAD = _do

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def fault(self, path: str, *kinds: Any) -> None:
        self.faults.setdefault(path, []).extend(kinds)

    def count(self, path: str) -> int:
        return sum(p == path for p, _facts in self.asked)

    def serve(self, handler: BaseHTTPRequestHandler, path: str, query: dict[str, str], raw: bytes) -> None:
        facts: dict[str, Any] = dict(query)
        kind = handler.headers.get("Content-Type") or ""
        if kind.startswith("application/json"):
            facts |= json.loads(raw.decode())
        elif kind.startswith("application/x-www-form-urlencoded"):
            facts |= {k: v[0] for k, v in parse_qs(raw.decode()).items()}
        elif raw:
            facts["upload"] = raw
        self.asked.append((path, facts))
        fault = self.faults.get(path, []).pop(0) if self.faults.get(path) else None
        answer: Any = {}
        if isinstance(fault, dict):
            answer = fault
        elif fault not in ("lost",) and not isinstance(fault, int):
            answer = self.answer(path, facts)
        if fault in ("slow", "lost"):
            time.sleep(0.8)
        content = json.dumps(answer, ensure_ascii=False).encode()
        try:
            handler.send_response(
                fault if isinstance(fault, int) else 400 if answer.get("error_code") else 200
            )
            handler.send_header("Content-Type", "application/json; charset=utf-8")
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            if handler.command != "HEAD":
                handler.wfile.write(content)
        except OSError:
            pass  # whoever asked has gone

    def answer(self, path: str, facts: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


class Wechat(Faraway):
    """An official account: tokens, pictures, drafts, publications."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []
        self.drafts: dict[str, dict[str, Any]] = {}
        self.published: dict[str, dict[str, Any]] = {}
        self.tasks: dict[str, tuple[str, list[int]]] = {}
        # What freepublish/get says of the next task, one after the other; the last word stays.
        self.course = [1, 0]
        self.serial = 0

    def _next(self, what: str) -> str:
        self.serial += 1
        return f"{what}-{self.serial}"

    def answer(self, path: str, facts: dict[str, Any]) -> dict[str, Any]:
        if path in ("/cgi-bin/stable_token", "/cgi-bin/token"):
            if facts.get("secret") != "wx-secret":
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            if not self.tokens or facts.get("force_refresh"):
                self.tokens.append(self._next("token"))
            return {"access_token": self.tokens[-1], "expires_in": 7200}
        if facts.get("access_token") not in self.tokens[-1:]:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        ways: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "/cgi-bin/material/add_material": lambda f: {"media_id": self._next("cover"), "url": "http://mmbiz/x"},
            "/cgi-bin/media/uploadimg": lambda f: {"url": f"http://mmbiz.example/{self._next('img')}"},
            "/cgi-bin/draft/add": self._add, "/cgi-bin/draft/delete": self._drop, "/cgi-bin/draft/batchget": self._box,
            "/cgi-bin/freepublish/submit": self._submit, "/cgi-bin/freepublish/get": self._get,
            "/cgi-bin/freepublish/batchget": self._list, "/cgi-bin/freepublish/delete": self._delete,
        }  # fmt: skip
        return ways[path](facts)

    def _add(self, facts: dict[str, Any]) -> dict[str, Any]:
        (article,) = facts["articles"]
        if len(article["title"]) > 64:
            return {"errcode": 45003, "errmsg": "title size out of limit"}
        if len(article["digest"]) > 120:
            return {"errcode": 45004, "errmsg": "description size out of limit"}
        if len(article["content"]) >= 20000:
            return {"errcode": 45002, "errmsg": "content size out of limit"}
        if not article["thumb_media_id"].startswith("cover-"):
            return {"errcode": 40007, "errmsg": "invalid media_id"}
        name = self._next("draft")
        self.drafts[name] = article
        return {"media_id": name}

    def _drop(self, facts: dict[str, Any]) -> dict[str, Any]:
        return (
            {"errcode": 0}
            if self.drafts.pop(facts["media_id"], None)
            else {"errcode": 40007, "errmsg": "invalid media_id"}
        )

    def _box(self, facts: dict[str, Any]) -> dict[str, Any]:
        items = [{"media_id": m, "content": {"news_item": [a]}} for m, a in self.drafts.items()]
        return {"total_count": len(items), "item_count": len(items), "item": items}

    def _submit(self, facts: dict[str, Any]) -> dict[str, Any]:
        if facts["media_id"] not in self.drafts:
            return {"errcode": 40007, "errmsg": "invalid media_id"}
        task = self._next("task")
        self.tasks[task] = (facts["media_id"], list(self.course))
        if self.course[-1] == 0:
            self._publish(task)
        return {"errcode": 0, "publish_id": task, "msg_data_id": "m"}

    def _publish(self, task: str) -> None:
        self.published[f"article-{task}"] = self.drafts.pop(self.tasks[task][0])

    def _get(self, facts: dict[str, Any]) -> dict[str, Any]:
        task = facts["publish_id"]
        _media, course = self.tasks[task]
        state = course.pop(0) if len(course) > 1 else course[0]
        told: dict[str, Any] = {"publish_id": task, "publish_status": state}
        if state == 0:
            told |= {
                "article_id": f"article-{task}",
                "article_detail": {
                    "count": 1,
                    "item": [{"idx": 1, "article_url": f"http://mp.example/{task}"}],
                },
            }
        return told

    def _list(self, facts: dict[str, Any]) -> dict[str, Any]:
        items = [
            {
                "article_id": i,
                "content": {"news_item": [{**a, "url": f"http://mp.example/{i}", "is_deleted": False}]},
            }
            for i, a in self.published.items()
        ]
        return {"total_count": len(items), "item_count": len(items), "item": items}

    def _delete(self, facts: dict[str, Any]) -> dict[str, Any]:
        gone = self.published.pop(facts["article_id"], None)
        return {"errcode": 0} if gone else {"errcode": 53600, "errmsg": "Article ID invalid"}

    def shows(self) -> str:
        """Everything a reader or a colleague could see there."""
        return json.dumps([self.drafts, self.published], ensure_ascii=False)


class Weibo(Faraway):
    """An account: posts, the newest first; links come back shortened, as there."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, str] = {}
        self.token = "wb-token"
        self.may_delete = True
        self.serial = 100

    def answer(self, path: str, facts: dict[str, Any]) -> dict[str, Any]:
        if facts.get("access_token") != self.token:
            return {"error": "expired_token", "error_code": 21327, "request": path}
        if path == "/2/statuses/share.json":
            text = facts["status"]
            if sum(1 if ord(c) < 128 else 2 for c in text) > 4000:
                return {"error": "Text too long", "error_code": 20012, "request": path}
            short = text.rpartition(" ")[0] + " http://t.cn/x"
            if short in self.posts.values():
                return {"error": "repeat content!", "error_code": 20019, "request": path}
            self.serial += 1
            self.posts[str(self.serial)] = short
            return {"id": self.serial, "idstr": str(self.serial), "mid": str(self.serial), "text": text}
        if path == "/2/statuses/user_timeline.json":
            return {"statuses": [{"idstr": i, "mid": i, "text": t} for i, t in reversed(self.posts.items())]}
        if not self.may_delete:
            return {"error": "Insufficient app permissions!", "error_code": 10014, "request": path}
        gone = self.posts.pop(facts["id"], None)
        return (
            {"idstr": facts["id"]} if gone else {"error": "target weibo does not exist!", "error_code": 20101}
        )

    def shows(self) -> str:
        return json.dumps(self.posts, ensure_ascii=False)
