/**
 * Keeps the contacts of Leadwell and the people of another CRM the same, with types that openapi-typescript has generated.
 *
 * It works as leads_program.py does, beside it, and remembers what it has done in a file of lines: each line that is complete counts.
 */
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import createClient, { type MiddlewareCallbackParams } from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Contact = components["schemas"]["Contact"];
type BatchRecord = components["schemas"]["ContactBatchRecordRequest"];
type BatchResult = components["schemas"]["BatchResult"];
type Problem = components["schemas"]["Problem"];

const FIELDS = ["last_name", "email", "phone", "title"] as const;
type Values = Record<(typeof FIELDS)[number], string>;
type Person = { id: number; key: string | null; version: number; deleted: boolean; values: Values };
// `agreed` are the values on which both sides agreed, at these versions. `person` is null until the other CRM has answered.
type Pair = {
  contact: number;
  contactVersion: number;
  person: number | null;
  personVersion: number;
  agreed: Values;
  key: string | null;
  gone: boolean;
};
type Sent = { person: Person; record: BatchRecord };

function getSetting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing.`);
  return value;
}

// The custom field of contacts with the id of the person, whose values are unique.
const PERSON = getSetting("PERSON_FIELD");
const OTHER = getSetting("OTHER_URL");
const PAGE = 200;

/** Waits as long as a reply says, and repeats a call whose reply didn't come: each call here is safe to repeat. */
async function fetchPatiently(input: Request | string, init?: RequestInit): Promise<Response> {
  for (let turn = 0; turn < 20; turn++) {
    try {
      const reply = await fetch(input instanceof Request ? input.clone() : input, init);
      if (reply.status !== 429 && reply.status !== 503) {
        return new Response(await reply.arrayBuffer(), { status: reply.status, headers: reply.headers });
      }
      await sleep(Number(reply.headers.get("Retry-After") ?? 1) * 1000);
    } catch {
      await sleep(10);
    }
  }
  throw new Error("No reply after 20 calls.");
}

const leadwell = createClient<paths>({ baseUrl: getSetting("LEADWELL_URL"), fetch: fetchPatiently });
leadwell.use({
  onRequest({ request }: MiddlewareCallbackParams) {
    request.headers.set("Authorization", `Bearer ${getSetting("LEADWELL_TOKEN")}`);
    return request;
  },
});

async function callOther<Answer = Person>(method: string, path: string, body?: unknown): Promise<{ status: number; data: Answer }> {
  const reply = await fetchPatiently(OTHER + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: reply.status, data: (await reply.json()) as Answer };
}

/** What was asked for. A problem ends the program, unless the record `mayBeMissing` and isn't there. */
function expect<Answer>(reply: { data?: Answer; error?: unknown }, mayBeMissing?: false): Answer;
function expect<Answer>(reply: { data?: Answer; error?: unknown }, mayBeMissing: true): Answer | null;
function expect<Answer>(reply: { data?: Answer; error?: unknown }, mayBeMissing = false): Answer | null {
  if (reply.data !== undefined) return reply.data;
  const problem = reply.error as Problem;
  if (mayBeMissing && problem.status === 404) return null;
  throw new Error(`${problem.status} ${problem.code}: ${problem.detail}`);
}

// What the program remembers

const STATE = getSetting("STATE");
const pairs = new Map<number, Pair>();
const byPerson = new Map<number, Pair>();
const cursors = new Map<string, string>();
const batches = new Map<string, Sent[]>();
type Line = { pair: Pair } | { cursor: [string, string] } | { batch: [string, Sent[] | null] };

function take(line: Line): void {
  if ("pair" in line) {
    const former = pairs.get(line.pair.contact);
    if (former?.person) byPerson.delete(former.person);
    pairs.set(line.pair.contact, line.pair);
    if (line.pair.person) byPerson.set(line.pair.person, line.pair);
  } else if ("cursor" in line) {
    cursors.set(...line.cursor);
  } else if (line.batch[1]) {
    batches.set(line.batch[0], line.batch[1]);
  } else {
    batches.delete(line.batch[0]);
  }
}

function keep(line: Line): void {
  appendFileSync(STATE, `${JSON.stringify(line)}\n`);
  take(line);
}

function remember(): void {
  const lines = existsSync(STATE) ? readFileSync(STATE, "utf8").split("\n") : [];
  // What follows the last line break was being written when the program was stopped.
  if (lines.pop()) appendFileSync(STATE, "\n");
  for (const line of lines) {
    try {
      take(JSON.parse(line) as Line);
    } catch {
      continue;
    }
  }
}

// What comes from Leadwell

async function readAllContacts(): Promise<void> {
  if (!cursors.has("begin")) {
    keep({ cursor: ["begin", expect(await leadwell.GET("/api/v2/contacts/changes")).next] });
  }
  let after: string | null | undefined = cursors.get("list");
  do {
    const query = after ? { limit: PAGE, after } : { limit: PAGE };
    const page: components["schemas"]["Contacts"] = expect(await leadwell.GET("/api/v2/contacts", { params: { query } }));
    for (const contact of page.contacts) await takeContact(contact);
    after = page.next;
    // A program that was stopped goes on with this page.
    if (after) keep({ cursor: ["list", after] });
  } while (after);
  keep({ cursor: ["leadwell", cursors.get("begin")!] });
}

async function readChangedContacts(): Promise<boolean> {
  const query = { since: cursors.get("leadwell")!, limit: PAGE };
  const page = expect(await leadwell.GET("/api/v2/contacts/changes", { params: { query } }));
  for (const change of page.changes) {
    if (change.record) await takeContact(change.record);
    else await deletePerson(change.id);
  }
  keep({ cursor: ["leadwell", page.next] });
  return page.changes.length > 0;
}

async function takeContact(contact: Contact): Promise<void> {
  let pair = pairs.get(contact.id);
  if (!pair || pair.gone) {
    const [agreed, key] = [getValues(contact), `contact-${contact.id}-${contact.version}`];
    pair = { contact: contact.id, contactVersion: contact.version, person: null, personVersion: 0, agreed, key, gone: false };
    keep({ pair });
  }
  if (pair.person === null) await agree(pair, contact, await addPerson(pair));
  else if (!isSame(getValues(contact), pair.agreed)) await agree(pair, contact);
  else keep({ pair: { ...pair, contactVersion: contact.version } });
}

/** The person with the key of the pair, who may exist already. */
async function addPerson(pair: Pair): Promise<Person> {
  return (await callOther("POST", "/people", { key: pair.key, values: pair.agreed })).data;
}

async function deletePerson(contact: number): Promise<void> {
  const pair = pairs.get(contact);
  if (!pair || pair.gone) return;
  await callOther("DELETE", `/people/${pair.person ?? (await addPerson(pair)).id}`);
  keep({ pair: { ...pair, gone: true } });
}

// What comes from the other CRM

async function readChangedPeople(): Promise<boolean> {
  const path = `/people?after=${cursors.get("other") ?? 0}`;
  const { data } = await callOther<{ people: Person[]; next: number }>("GET", path);
  const sent: Sent[] = [];
  for (const person of data.people) {
    const record = await takePerson(person);
    if (record) sent.push({ person, record });
  }
  if (sent.length) {
    const key = randomUUID();
    keep({ batch: [key, sent] });
    await sendBatch(key, sent);
  }
  keep({ cursor: ["other", String(data.next)] });
  return data.people.length > 0;
}

async function takePerson(person: Person): Promise<BatchRecord | null> {
  const pair = byPerson.get(person.id);
  if (!pair) {
    // One with a key was added by this program: if it was stopped then, the change of the contact comes again.
    const isOwn = person.deleted || person.key !== null;
    return isOwn ? null : { ...person.values, custom_fields: { [PERSON]: String(person.id) } };
  }
  if (pair.gone) return null;
  if (person.deleted) {
    expect(await leadwell.DELETE("/api/v2/contacts/{id}", { params: { path: { id: String(pair.contact) } } }), true);
    keep({ pair: { ...pair, gone: true } });
    return null;
  }
  if (isSame(person.values, pair.agreed)) {
    keep({ pair: { ...pair, personVersion: person.version } });
    return null;
  }
  return { id: pair.contact, version: pair.contactVersion, ...person.values };
}

async function sendBatch(key: string, sent: Sent[]): Promise<void> {
  const answer = expect(
    await leadwell.POST("/api/v2/contacts/batch", {
      params: { header: { "Idempotency-Key": key } },
      body: { match: PERSON, records: sent.map((one) => one.record) },
    }),
  );
  for (const [place, result] of answer.results.entries()) await takeResult(sent[place]!, result);
  keep({ batch: [key, null] });
}

async function takeResult({ person, record }: Sent, result: BatchResult): Promise<void> {
  const pair = byPerson.get(person.id);
  if ((result.status === 200 || result.status === 201) && result.id !== null && result.version !== null) {
    const [contact, contactVersion, personVersion] = [result.id, result.version, person.version];
    const key = pair?.key ?? null;
    keep({ pair: { contact, contactVersion, person: person.id, personVersion, agreed: person.values, key, gone: false } });
  } else if (result.status === 412 && pair) {
    const contact = await readContact(record.id!);
    if (contact) await agree(pair, contact, person);
  } else if (result.status !== 404) {
    throw new Error(`Person ${person.id} was refused: ${result.detail} ${JSON.stringify(result.errors)}`);
  }
}

// Both

/** Writes to both sides what has changed on one of them, until both have the same values. */
async function agree(pair: Pair, contact: Contact, known?: Person): Promise<void> {
  const agreed = pair.agreed;
  let person = known ?? { id: pair.person!, key: null, version: pair.personVersion, deleted: false, values: agreed };
  for (;;) {
    const [ours, theirs] = [getValues(contact), person.values];
    const wanted = { ...agreed };
    for (const name of FIELDS) wanted[name] = ours[name] !== agreed[name] ? ours[name] : theirs[name];
    if (!person.deleted && !isSame(wanted, theirs)) {
      const changes = { version: person.version, values: getDifference(theirs, wanted) };
      const reply = await callOther("PATCH", `/people/${person.id}`, changes);
      person = reply.data;
      if (reply.status === 409) continue;
    }
    if (!person.deleted && !isSame(wanted, ours)) {
      await leadwell.PATCH("/api/v2/contacts/{id}", {
        params: { path: { id: String(contact.id) }, header: { "If-Match": `"${contact.version}"` } },
        body: getDifference(ours, wanted),
      });
      const read = await readContact(contact.id);
      if (!read) return;
      contact = read;
      if (!isSame(getValues(contact), wanted)) continue;
    }
    // A person who was deleted comes with the changes of the other CRM.
    const [contactVersion, personVersion] = [contact.version, person.version];
    const kept = person.deleted ? agreed : wanted;
    keep({ pair: { ...pair, contactVersion, person: person.id, personVersion, agreed: kept } });
    return;
  }
}

/** The contact as it is now; null if it was deleted, or merged into another one, which Leadwell returns then. */
async function readContact(pk: number): Promise<Contact | null> {
  const reply = await leadwell.GET("/api/v2/contacts/{id}", { params: { path: { id: String(pk) } } });
  const contact = expect(reply, true);
  return contact?.id === pk ? contact : null;
}

function getValues(contact: Contact): Values {
  return { last_name: contact.last_name, email: contact.email, phone: contact.phone, title: contact.title };
}

function isSame(one: Values, other: Values): boolean {
  return FIELDS.every((name) => one[name] === other[name]);
}

function getDifference(values: Values, wanted: Values): Partial<Values> {
  return Object.fromEntries(FIELDS.filter((name) => values[name] !== wanted[name]).map((name) => [name, wanted[name]]));
}

remember();
// A batch that may have arrived before the program was stopped.
for (const [key, sent] of batches) await sendBatch(key, sent);
if (!cursors.has("leadwell")) await readAllContacts();
let isNew = true;
while (isNew) {
  const changed = await readChangedContacts();
  isNew = (await readChangedPeople()) || changed;
}
