// The node reads and writes records of a running Leadwell.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { Leadwell, NodeApiError, NodeOperationError, buildContext, create, fill, run, SITE } from "./n8n_context.mjs";

const NEW = {
  lead: { last_name: "Berg", email: "berg@example.com" },
  contact: { last_name: "Stone", email: "stone@example.com" },
  company: { name: "Omnia", domain: "omnia.example" },
  deal: { name: "Ten licenses", value: 1250.5 },
};
// Each run has its own, so the tests can be run again in the same Leadwell.
const [TOWN, EVA, NUMBER] = [`Town${process.pid}`, `eva${process.pid}@example.com`, `A-${process.pid}`];
const CHANGED = { lead: "last_name", contact: "last_name", company: "name", deal: "name", task: "title" };

for (const resource of Object.keys(CHANGED)) {
  test(`a ${resource} is created, read, changed, listed and deleted`, async () => {
    const lead = resource === "task" ? await create("lead", { last_name: "With a task" }) : null;
    const made = await create(resource, NEW[resource] ?? { of: "lead", record: lead.id, title: "Call" });
    const one = { resource, recordId: made.id };
    assert.deepEqual(await run({ ...one, operation: "get" }), [made]);
    const name = CHANGED[resource];
    const [changed] = await run({ ...one, operation: "update", fields: fill({ [name]: "Other" }) });
    assert.deepEqual([changed.id, changed[name]], [made.id, "Other"]);
    const listed = await run({ resource, operation: "getAll", returnAll: true });
    assert.equal(listed.filter((record) => record.id === made.id && record[name] === "Other").length, 1);
    assert.deepEqual(await run({ ...one, operation: "delete" }), [{ id: made.id, deleted: true }]);
    await assert.rejects(run({ ...one, operation: "get" }), (error) => error instanceof NodeApiError && error.httpCode === "404");
  });
}

test("many records come page by page, each once and as many as were asked for", async () => {
  const records = Array.from({ length: 205 }, (_all, number) => ({ last_name: `Many ${number}`, city: TOWN }));
  const headers = { Authorization: `Bearer ${process.env.LEADWELL_TOKEN}`, "Content-Type": "application/json" };
  await fetch(`${SITE}/api/v2/leads/batch`, { method: "POST", headers, body: JSON.stringify({ records }) });
  const asked = { resource: "lead", operation: "getAll", filter: `?city.is=${TOWN}&sort=name` };
  const all = await run({ ...asked, returnAll: true });
  assert.equal(new Set(all.map((lead) => lead.id)).size, 205);
  const some = await run({ ...asked, returnAll: false, limit: 203 });
  assert.deepEqual(some.map((lead) => lead.id), all.slice(0, 203).map((lead) => lead.id));
  await assert.rejects(run({ ...asked, filter: "town=Brno", returnAll: true }), /invalid/);
});

test("a record is found by its email, or added", async () => {
  const fields = (city) => fill({ email: EVA, last_name: "Eva", city });
  const asked = { resource: "lead", operation: "upsert", match: "email" };
  const [made] = await run({ ...asked, fields: fields("Cluj") });
  const [changed] = await run({ ...asked, fields: fields("Vienna") });
  assert.deepEqual([made.created, changed.created, changed.id, changed.city], [true, false, made.id, "Vienna"]);
  await create("lead", { email: EVA, last_name: "Twin" });
  await assert.rejects(run({ ...asked, fields: fields("Brno") }), NodeOperationError);
});

test("a record is found by what the form offers: its own fields and unique custom ones", async () => {
  const { getMatches } = new Leadwell().methods.loadOptions;
  const offered = await Promise.all(["lead", "company", "deal"].map((resource) => getMatches.call(buildContext({ resource }))));
  const key = process.env.UNIQUE_FIELD;
  assert.deepEqual(offered.map((one) => one.map(({ value }) => value)), [["email"], ["domain", "tax_id"], [key]]);
  const asked = { resource: "deal", operation: "upsert", match: key };
  const [made] = await run({ ...asked, fields: fill({ name: "First", [key]: NUMBER }) });
  const [changed] = await run({ ...asked, fields: fill({ name: "Second", [key]: NUMBER }) });
  assert.deepEqual([made.created, changed.created, changed.id, changed.name], [true, false, made.id, "Second"]);
});

test("a problem says what is wrong with which field, and the other items go on", async () => {
  const items = [{}, {}];
  const parameters = ["nonsense", "good@example.com"].map((email) => ({
    resource: "contact",
    operation: "create",
    fields: fill({ last_name: "Pop", email }),
  }));
  await assert.rejects(run(parameters, { items }), (error) => {
    assert.match(error.description, /^email: /);
    assert.deepEqual([error.httpCode, error.context.itemIndex], ["422", 0]);
    return true;
  });
  const found = await run(parameters, { items, goesOn: true });
  assert.deepEqual([typeof found[0].error, found[1].email], ["string", "good@example.com"]);
});

test("what a failed run has created isn't created again when n8n runs the node again", async () => {
  const [first, again] = [await create("deal", { name: "Once" }, { execution: "e1" }), await create("deal", { name: "Once" }, { execution: "e1" })];
  assert.equal(again.id, first.id);
  const other = [await create("deal", { name: "Once" }, { execution: "e1", run: 1 }), await create("deal", { name: "Once" }, { execution: "e2" })];
  assert.equal(new Set([first.id, ...other.map((deal) => deal.id)]).size, 3);
});

test("a token that may not read gets the ID of what it has written", async () => {
  const made = await create("lead", { last_name: "Blind" }, { token: process.env.WRITE_ONLY_TOKEN });
  assert.deepEqual(Object.keys(made).sort(), ["id", "version"]);
});

test("fields that weren't filled in aren't sent, and emptied ones are emptied", async () => {
  const schema = [
    { id: "value", type: "number" },
    { id: "city", type: "string" },
    { id: "company", type: "string", removed: true },
  ];
  const made = await create("lead", { last_name: "Full", value: 10, city: "Cluj", source: null });
  const asked = { resource: "lead", operation: "update", recordId: made.id };
  const [emptied] = await run({ ...asked, fields: fill({ value: "", city: "", vip: null }, schema), moreFields: '{"title": "CEO"}' });
  assert.deepEqual([emptied.value, emptied.city, emptied.title, emptied.last_name], [null, "", "CEO", "Full"]);
  const automatic = { mappingMode: "autoMapInputData", value: null, schema };
  const items = [{ city: "Brno", company: "Removed", unknown: "x" }];
  const [mapped] = await run({ ...asked, fields: automatic }, { items });
  assert.deepEqual([mapped.city, mapped.company], ["Brno", ""]);
});

test("the form offers the fields of a resource with their types, their values by name, and custom fields", async () => {
  const { fields } = await new Leadwell().methods.resourceMapping.getFields.call(buildContext({ resource: "lead" }));
  const named = Object.fromEntries(fields.map((field) => [field.id, field]));
  assert.deepEqual(
    ["last_name", "value", "vip", "tags", "status"].map((name) => named[name].type),
    ["string", "number", "boolean", "array", "options"],
  );
  assert.ok(named.status.options.some((option) => option.name === "New" && typeof option.value === "number"));
  const custom = named[process.env.CUSTOM_FIELD];
  assert.deepEqual([custom.displayName, custom.type], ["Employees", "number"]);
  const choice = named[process.env.CHOICE_FIELD];
  assert.deepEqual([choice.type, choice.options.map(({ name }) => name)], ["options", ["Small", "Large"]]);
  const made = await create("lead", { last_name: "Custom", [custom.id]: 12, [choice.id]: choice.options[1].value });
  assert.deepEqual([made.custom_fields[custom.id], made.custom_fields[choice.id]], [12, choice.options[1].value]);
  const task = await new Leadwell().methods.resourceMapping.getFields.call(buildContext({ resource: "task" }));
  assert.deepEqual(task.fields.filter((field) => field.required).map((field) => field.id).sort(), ["of", "record"]);
  assert.ok(task.fields.find((field) => field.id === "of").options.some(({ value }) => value === "deal"));
});

test("a call over the limit of the token is made again when it may be", async () => {
  let refusals = 0;
  const answer = () => (refusals++ ? undefined : { statusCode: 429, headers: { "retry-after": "0" }, body: { detail: "Too many" } });
  assert.equal((await create("lead", { last_name: "Patient" }, { answer })).last_name, "Patient");
});

test("an address that isn't that of Leadwell is named, and the token isn't sent elsewhere", async (t) => {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(request.url === "/elsewhere" ? 200 : 302, { Location: "/elsewhere" }).end("{}");
  });
  t.after(() => server.close());
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const site = `http://127.0.0.1:${server.address().port}/`;
  await assert.rejects(run({ resource: "lead", operation: "get", recordId: 1 }, { site }), /Check the address/);
  assert.deepEqual(asked, ["/api/v2/leads/1"]);
});

test("only a number is the ID of a record", async () => {
  for (const recordId of ["", "../users", "1?x=1"]) {
    await assert.rejects(run({ resource: "lead", operation: "delete", recordId }), /is a number/);
  }
});
