"""OpenAI's files and batches on loopback: lines in, results and errors out, after as many looks as a test wants."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from firstfive.testing.faults import Fault, Faults
from firstfive.testing.wire import Asked, Wire

__all__ = ["Batches"]

Body: TypeAlias = dict[str, Any]
Line: TypeAlias = Callable[[Asked, Fault | None], Wire]

FINAL = {"completed", "failed", "expired", "cancelled"}


@dataclass(slots=True)
class Batches:
    """polls: how often a job is "in_progress" before it ends. ends: its state then; "failed" has no results.

    answered: where a job ends as "expired" or "cancelled", so many of its lines have results, and the others say so.
    faults: by the number of the line; a status of 400 or more goes to the error file. shuffled: results in another
    order. files: by id. jobs: by id.
    """

    polls: int = 1
    ends: str = "completed"
    answered: int = 0
    faults: Faults = lambda _: None
    shuffled: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, Body] = field(default_factory=dict)

    def respond(self, asked: Asked, line: Line) -> Wire | None:
        """The answer to a request about files and batches; None to others. line: answers one line."""
        path = asked.path.partition("?")[0]
        for method, pattern, reply in _ROUTES:
            if asked.method == method and (found := re.search(pattern, path)):
                value = reply(self, asked, found.groupdict().get("id", ""), line)
                if value is None:
                    return Wire(b'{"error": {"message": "no such object", "code": "not_found"}}', 404)
                return Wire(value if isinstance(value, bytes) else json.dumps(value).encode())
        return None

    def _upload(self, asked: Asked, _: str, __: Line) -> Body:
        return self._file(_uploaded(asked))

    def _file(self, content: bytes) -> Body:
        id_ = f"file-{len(self.files) + 1}"
        self.files[id_] = content
        return self._about(id_)

    def _about(self, id_: str) -> Body:
        size = len(self.files[id_])
        kept = {"object": "file", "created_at": 1, "filename": "calls.jsonl", "purpose": "batch", "status": "processed"}
        return {"id": id_, "bytes": size, **kept}

    def _look_file(self, _: Asked, id_: str, __: Line) -> Body | None:
        return self._about(id_) if id_ in self.files else None

    def _content(self, _: Asked, id_: str, __: Line) -> bytes | None:
        return self.files.get(id_)

    def _create(self, asked: Asked, _: str, __: Line) -> Body | None:
        body = asked.json
        if body.get("input_file_id") not in self.files:
            return None
        id_ = f"batch-{len(self.jobs) + 1}"
        counts = {"total": len(self.files[body["input_file_id"]].splitlines()), "completed": 0, "failed": 0}
        job = {
            "id": id_,
            "object": "batch",
            "status": "validating",
            "created_at": 1,
            "request_counts": counts,
            **{name: body.get(name) for name in ("input_file_id", "endpoint", "completion_window", "metadata")},
            **dict.fromkeys(("output_file_id", "error_file_id", "errors")),
        }
        self.jobs[id_] = {**job, "left": self.polls}
        return job

    def _look(self, _: Asked, id_: str, line: Line) -> Body | None:
        job = self.jobs.get(id_)
        if job is not None and job["status"] not in FINAL:
            if job["left"] > 0:
                job.update(status="in_progress", left=job["left"] - 1)
            else:
                self._end(job, line)
        return None if job is None else {name: value for name, value in job.items() if name != "left"}

    def _end(self, job: Body, line: Line) -> None:
        job["status"] = self.ends
        if self.ends == "failed":
            job["errors"] = {"object": "list", "data": [{"code": "invalid", "message": "the file is not right"}]}
            return
        good: list[str] = []
        bad: list[str] = []
        for number, each in enumerate(self.files[job["input_file_id"]].splitlines()):
            if self.ends != "completed" and number >= self.answered:
                bad.append(json.dumps(_unrun(json.loads(each), number, self.ends)))
                continue
            result = self._line(json.loads(each), number, line)
            (good if result["response"]["status_code"] < 400 else bad).append(json.dumps(result))
        ordered = good[::-1] if self.shuffled else good
        job["output_file_id"] = self._file("\n".join(ordered).encode())["id"] if good else None
        job["error_file_id"] = self._file("\n".join(bad).encode())["id"] if bad else None
        job["request_counts"].update(completed=len(good), failed=len(bad))

    def _line(self, given: Body, number: int, line: Line) -> Body:
        asked = Asked(given["method"], given["url"], {}, json.dumps(given["body"]).encode())
        wire = line(asked, self.faults(number))
        try:
            body = json.loads(wire.body)
        except ValueError:
            body = wire.body.decode("utf-8", "replace")
        response = {"status_code": wire.status, "request_id": f"r-{number}", "body": body}
        return {"id": f"line-{number}", "custom_id": given["custom_id"], "response": response, "error": None}

    def _list(self, asked: Asked, _: str, __: Line) -> Body:
        """Newest first, a page of `limit` after the job that `after` names."""
        newest = [{name: value for name, value in job.items() if name != "left"} for job in self.jobs.values()][::-1]
        query = dict(re.findall(r"[?&](\w+)=([^&]+)", asked.path))
        ids = [job["id"] for job in newest]
        start = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
        page = newest[start : start + int(query.get("limit", 20))]
        return {"object": "list", "data": page, "has_more": start + len(page) < len(newest)}

    def _cancel(self, _: Asked, id_: str, __: Line) -> Body | None:
        job = self.jobs.get(id_)
        if job is not None and job["status"] not in FINAL:
            job["status"] = "cancelled"
        return None if job is None else {name: value for name, value in job.items() if name != "left"}


def _unrun(given: Body, number: int, ends: str) -> Body:
    """A line of the error file about a call that the job ended before."""
    error = {"code": f"batch_{ends}", "message": "This request could not be executed before the batch ended."}
    return {"id": f"line-{number}", "custom_id": given["custom_id"], "response": None, "error": error}


def _uploaded(asked: Asked) -> bytes:
    """The part of a multipart body that has a file name."""
    found = re.search(r'boundary="?([^";]+)', asked.headers.get("content-type", ""))
    if found is None:
        return asked.body
    for part in asked.body.split(b"--" + found[1].encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        if b"filename=" in head:
            return content.removesuffix(b"\r\n")
    return b""


_ID = r"(?P<id>[\w-]+)"
_ROUTES: tuple[tuple[str, str, Callable[[Batches, Asked, str, Line], Body | bytes | None]], ...] = (
    ("POST", r"/files$", Batches._upload),
    ("GET", rf"/files/{_ID}/content$", Batches._content),
    ("GET", rf"/files/{_ID}$", Batches._look_file),
    ("POST", r"/batches$", Batches._create),
    ("GET", r"/batches$", Batches._list),
    ("GET", rf"/batches/{_ID}$", Batches._look),
    ("POST", rf"/batches/{_ID}/cancel$", Batches._cancel),
)
