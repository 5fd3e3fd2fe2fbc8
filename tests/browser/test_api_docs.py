"""The API documentation in a real browser: all calls are shown without a network, and one is made from the page."""

import json
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.hard


@pytest.fixture
def docs(window):
    """The page, and every URL it has requested."""
    reader = window()
    asked = []
    reader.page.on("request", lambda request: asked.append(request.url))
    assert reader.go("/api/docs").status == 200
    reader.page.locator(".opblock").first.wait_for()
    return reader, asked


@pytest.fixture(scope="module")
def secret(leadwell):
    made = leadwell.manage("create_token", "--email", "manager@demo.example", "--name", "Docs", "--read-only")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def test_every_call_is_shown_without_outside_files_under_the_sites_policy(docs, leadwell):
    reader, asked = docs
    schema = reader.page.request.get("/api/schema").json()
    documented = {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}
    drawn = {
        (block.locator(".opblock-summary-method").inner_text(), path.replace("\u200b", ""))
        for block in reader.page.locator(".opblock").all()
        for path in [block.locator(".opblock-summary-path").inner_text()]
    }
    assert drawn == documented
    assert len(documented) > 30
    outside = {url for url in asked if not url.startswith("data:") and urlsplit(url).port != leadwell.port}
    assert outside == set()
    assert reader.faults == []


def test_a_call_is_made_from_the_page_with_a_token(docs, secret):
    reader, _asked = docs
    page = reader.page
    page.locator(".btn.authorize").click()
    token = page.locator(".auth-container", has_text="authtoken")
    token.locator("input").fill(secret)
    token.get_by_role("button", name="Apply credentials").click()
    page.locator(".btn-done").first.click()
    call = page.locator(".opblock", has_text="/api/lead_statuses").first
    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/api/lead_statuses") as answered:
        call.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200
    names = [row["name"] for row in answered.value.json()]
    assert "Qualified" in names
    shown = call.locator(".live-responses-table .response-col_description pre").first
    shown.wait_for()
    assert [row["name"] for row in json.loads(shown.inner_text())] == names
    assert call.locator(".live-responses-table .response-col_status").last.inner_text().startswith("200")


def test_a_call_without_a_token_shows_the_error(docs):
    reader, _asked = docs
    call = reader.page.locator(".opblock", has_text="/api/lead_statuses").first
    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    with reader.page.expect_response("**/api/lead_statuses") as answered:
        call.get_by_role("button", name="Execute").click()
    assert answered.value.status == 401
    call.locator(".live-responses-table", has_text="Token is not defined.").wait_for()
