"""The API documentation in a real browser: all calls are shown without a network, and one is made from the page."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window
from tests.waiting import until

pytestmark = pytest.mark.hard

# The calls that are on the page now. Of so many calls, Swagger UI draws only those near the part that is seen.
DRAWN = """[...document.querySelectorAll(".opblock")].map((call) => [
  call.querySelector(".opblock-summary-method").innerText,
  call.querySelector(".opblock-summary-path").dataset.path,
])"""
NEXT_PART = """new Promise((done) => {
  const before = scrollY;
  scrollBy({ top: innerHeight / 2, behavior: "instant" });
  requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY > before)));
})"""
TO_TOP = "scrollTo({ top: 0, behavior: 'instant' })"


def read_all_calls(page) -> set[tuple[str, str]]:
    """The method and path of each call, read from top to bottom."""
    page.evaluate(TO_TOP)
    found = {tuple(call) for call in page.evaluate(DRAWN)}
    while page.evaluate(NEXT_PART):
        found |= {tuple(call) for call in page.evaluate(DRAWN)}
    return found


def scroll_to_call(page, path: str):
    """The first call of this path, once it is drawn."""
    page.evaluate(TO_TOP)
    call = page.locator(".opblock", has=page.locator(f'[data-path="{path}"]')).first
    while not call.count():
        assert page.evaluate(NEXT_PART), f"{path} isn't on the page"
    call.scroll_into_view_if_needed()
    return call


@pytest.fixture(scope="module")
def docs(leadwell, chromium):
    """The page, and every URL it has requested. It is loaded once, because drawing it takes longest."""
    reader = Window(chromium, f"http://127.0.0.1:{leadwell.port}")
    asked = []
    reader.page.on("request", lambda request: asked.append(request.url))
    assert reader.go("/api/docs").status == 200
    reader.page.locator(".opblock").first.wait_for()
    yield reader, asked
    reader.context.close()


@pytest.fixture(scope="module")
def secret(leadwell):
    made = leadwell.manage("create_token", "--email", "manager@demo.example", "--name", "Docs", "--read-only")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def test_every_call_is_shown_without_outside_files_under_the_sites_policy(docs, leadwell):
    reader, asked = docs
    schema = reader.page.request.get("/api/schema").json()
    documented = {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}
    until(lambda: read_all_calls(reader.page) == documented)
    assert len(documented) > 30
    outside = {url for url in asked if not url.startswith("data:") and urlsplit(url).port != leadwell.port}
    assert outside == set()
    assert reader.faults == []


def test_a_call_is_refused_without_a_token_and_made_with_it(docs, secret):
    reader, _asked = docs
    page = reader.page
    call = scroll_to_call(page, "/api/lead_statuses")
    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    assert execute(page, call).status == 401
    call.locator(".live-responses-table", has_text="Token is not defined.").wait_for()

    page.evaluate(TO_TOP)
    page.locator(".btn.authorize").click()
    token = page.locator(".auth-container", has_text="authtoken")
    token.locator("input").fill(secret)
    token.get_by_role("button", name="Apply credentials").click()
    page.locator(".btn-done").first.click()
    call = scroll_to_call(page, "/api/lead_statuses")
    answered = execute(page, call)
    assert answered.status == 200
    names = [row["name"] for row in answered.json()]
    assert "Qualified" in names
    shown = call.locator(".live-responses-table .response-col_description pre").first
    expect(shown).to_contain_text("Qualified")
    assert [row["name"] for row in json.loads(shown.inner_text())] == names
    assert call.locator(".live-responses-table .response-col_status").last.inner_text().startswith("200")


def execute(page, call):
    """The response to the call."""
    with page.expect_response("**/api/lead_statuses") as answered:
        call.get_by_role("button", name="Execute").click()
    return answered.value
