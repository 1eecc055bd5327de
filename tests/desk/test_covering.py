"""Absence cover at the desk: arranged by oneself, seen in both queues, the absent's work in the substitute's."""

from __future__ import annotations

from tests import given
from tests.desk.conftest import TODAY, Bureau, words


def test_a_cover_is_arranged_seen_in_both_queues_and_brings_the_work(bureau: Bureau):
    paper = given.draft(bureau.people["clerk"], bureau.organ, TODAY, title="等审的制度")
    given.move(paper.id, "submit", bureau.people["clerk"], TODAY)
    head, director = bureau.desk("section_head"), bureau.desk("director")
    assert "等审的制度" not in words(director.get("/desk/?lane=review"))
    form = {
        "absent": bureau.people["section_head"].pk,
        "substitute": bureau.people["director"].pk,
        "since": "2026-11-23",
    }
    assert head.post("/desk/cover", form | {"until": "2026-11-20"}).status_code == 409
    assert head.post("/desk/cover", form | {"until": "2026-11-27"}).status_code == 302
    assert f"{bureau.people['director'].name}代理你" in words(head.get("/desk/"))
    queue = words(director.get("/desk/"))
    assert f"你代理{bureau.people['section_head'].name}" in queue
    assert "等审的制度" in words(director.get("/desk/?lane=review"))
    director.post(f"/desk/documents/{paper.id}/head_review", {})
    assert f"（代{bureau.people['section_head'].name}）" in words(
        director.get(f"/desk/documents/{paper.id}/")
    )
