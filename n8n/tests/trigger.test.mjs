// The trigger follows the changes of a running Leadwell, each exactly once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create, fill, poll, run } from "./n8n_context.mjs";

const EVERY = ["added", "changed", "deleted", "merged", "hidden", "restored", "restarted"];
const told = (found) => found?.map((one) => [one.change, one.id]) ?? null;

/** A workflow that was just turned on. */
async function follow(list = "leads", events = EVERY) {
  const place = {};
  const next = (options = {}) => poll({ list, events }, { place, ...options });
  assert.equal(await next(), null);
  return { place, next };
}

test("what is there when the workflow is turned on isn't a change, and each change comes once", async () => {
  await create("lead", { last_name: "Before" });
  const { next } = await follow();
  assert.equal(await next(), null);
  const lead = await create("lead", { last_name: "New" });
  const [added] = await next();
  assert.deepEqual([added.change, added.id, added.record.last_name, added.into], ["added", lead.id, "New", null]);
  await run({ resource: "lead", operation: "update", recordId: lead.id, fields: fill({ city: "Cluj" }) });
  assert.deepEqual(told(await next()), [["changed", lead.id]]);
  await run({ resource: "lead", operation: "delete", recordId: lead.id });
  assert.deepEqual(told(await next()), [["deleted", lead.id]]);
  assert.equal(await next(), null);
});

test("events that weren't chosen don't start the workflow, and don't come later", async () => {
  const { next } = await follow("tasks", ["deleted"]);
  const lead = await create("lead", { last_name: "Busy" });
  const task = await create("task", { of: "lead", record: lead.id, title: "Call" });
  assert.equal(await next(), null);
  await run({ resource: "task", operation: "delete", recordId: task.id });
  assert.deepEqual(told(await next()), [["deleted", task.id]]);
});

test("another list is followed from the moment at which it was chosen", async () => {
  const { place, next } = await follow("leads");
  const { cursor } = place;
  assert.equal(await poll({ list: "deals", events: EVERY }, { place }), null);
  assert.equal(place.list, "deals");
  assert.notEqual(place.cursor, cursor);
  assert.equal(await next(), null);
});

test("a page that fails loses nothing and repeats nothing", async () => {
  const { place, next } = await follow();
  const before = place.cursor;
  const fails = () => ({ statusCode: 503, headers: {}, body: { detail: "The database can't be reached." } });
  await assert.rejects(next({ answer: fails }), /can't be reached/);
  assert.equal(place.cursor, before);
  const [one, other] = [{ id: 1, change: "added" }, { id: 2, change: "added" }];
  const pages = { [before]: { changes: [one], next: "second", more: true }, third: { changes: [other], next: "fourth", more: false } };
  const half = ({ url }) => {
    const body = pages[decodeURIComponent(url.split("since=")[1])];
    return body ? { statusCode: 200, headers: {}, body } : fails();
  };
  assert.deepEqual(told(await next({ answer: half })), [["added", 1]]);
  assert.equal(place.cursor, "second");
  pages.second = { changes: [], next: "third", more: true };
  assert.deepEqual(told(await next({ answer: half })), [["added", 2]]);
  assert.equal(place.cursor, "fourth");
});

test("a cursor that can't be followed any more is told, and following begins again", async () => {
  const { place, next } = await follow();
  const detail = "The changes since then aren't kept any more.";
  const answer = ({ url }) => (url.includes("since=") ? { statusCode: 410, headers: {}, body: { detail } } : undefined);
  const [restarted] = await next({ answer });
  assert.deepEqual([restarted.change, restarted.reason], ["restarted", detail]);
  const lead = await create("lead", { last_name: "After" });
  assert.deepEqual(told(await next()), [["added", lead.id]]);
  assert.ok(place.cursor);
});

test("a test in the editor shows the newest record and moves nothing", async () => {
  const { place, next } = await follow();
  const before = place.cursor;
  const lead = await create("lead", { last_name: "Sample" });
  const [sample] = await next({ mode: "manual" });
  assert.deepEqual([sample.change, sample.id, sample.record.last_name], ["added", lead.id, "Sample"]);
  assert.equal(place.cursor, before);
});
