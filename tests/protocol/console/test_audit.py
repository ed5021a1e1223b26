"""The trail as a queryable output: filters, keyset pages, export of canonical lines, positions without gaps."""

import json

import pytest

from wait import wait_for


def all_pages(console, project, **query):
    return [event for page in console.pages(f"/v1/projects/{project}/audit", **query) for event in page.get("events", [])]


@pytest.fixture
def busy(console, project):
    for number in range(7):
        assert console.patch(f"/v1/projects/{project}", {"displayName": f"Name {number}"}).status == 200
    wait_for("every event to have its position",
             lambda: all(int(event.get("position", 0)) for event in console.events(project)), 10)
    return project


def test_pages_hold_every_event_once_in_either_order(console, busy):
    newest = all_pages(console, busy, pageSize=3)
    oldest = all_pages(console, busy, pageSize=3, oldestFirst="true")
    assert len(newest) >= 8 and [event["id"] for event in oldest] == [event["id"] for event in reversed(newest)]


def test_positions_start_at_one_and_have_no_gap(console, busy):
    events = all_pages(console, busy, oldestFirst="true")
    assert [int(event["position"]) for event in events] == list(range(1, len(events) + 1))


def test_every_column_filters(console, busy):
    events = console.events(busy)
    event = next(event for event in events if event["type"] == "project.updated")
    members = ["type", "result", "principalKind", "principalId", "targetKind", "targetId", "authority", "requestId", "id"]
    for name in members:
        chosen = console.events(busy, **{name: event[name]})
        assert event["id"] in {one["id"] for one in chosen}, name
        assert all(one[name] == event[name] for one in chosen), name
    for name in [*members, "clientId", "sessionId", "errorCode", "traceId", "userAgent"]:
        if name == "id":
            continue
        assert console.events(busy, **{name: "nothing-like-it"}) == [], name
    assert console.events(busy, ip="203.0.113.9") == []


def test_a_type_ending_in_a_dot_is_a_prefix(console, busy):
    assert {event["type"] for event in console.events(busy, type="project.")} >= {"project.created", "project.updated"}
    assert console.events(busy, type="proj") == []


def test_time_bounds_are_inclusive_then_exclusive(console, busy):
    events = all_pages(console, busy, oldestFirst="true")
    middle = events[4]["occurred"]
    later = console.events(busy, **{"from": middle})
    earlier = console.events(busy, before=middle)
    assert len(later) + len(earlier) == len(events)
    assert events[4]["id"] in {event["id"] for event in later}


@pytest.mark.parametrize("query", [{"filter.from": "yesterday"}, {"filter.ip": "nowhere"}, {"pageSize": -1}, {"pageToken": "zzz"}])
def test_filters_that_mean_nothing_are_refused(console, busy, query):
    answer = console.get(f"/v1/projects/{busy}/audit", **query)
    assert answer.status == 400 and answer.json["code"] == 3


def test_a_page_token_is_good_for_its_own_filters_only(console, busy):
    token = console.get(f"/v1/projects/{busy}/audit", pageSize=2).json["nextPageToken"]
    answer = console.get(f"/v1/projects/{busy}/audit", pageSize=2, pageToken=token, **{"filter.type": "project."})
    assert answer.status == 400


def test_export_is_canonical_lines_in_order_and_an_event_itself(console, busy):
    answer = console.post(f"/v1/projects/{busy}/audit/export", {"pageSize": 500})
    assert answer.status == 200, answer.body
    lines = [json.loads(line) for line in answer.json["lines"]]
    assert [int(line["position"]) for line in lines] == list(range(1, len(lines) + 1))
    for raw, line in zip(answer.json["lines"], lines):
        assert raw == json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert console.events(busy, type="audit.exported")


def test_what_belongs_to_no_project_is_the_appliances_log(console, busy):
    answer = console.post("/v1/projects", {"project": {"slug": busy, "displayName": "again"}})
    assert answer.status == 409
    refused = console.events("appliance", type="operator.refused")
    assert refused and any(event["errorCode"] == "already_exists" for event in refused)
