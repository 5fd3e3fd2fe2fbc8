// What each operation does with one item.
import { NodeOperationError } from "n8n-workflow";
import type { IDataObject, IExecuteFunctions } from "n8n-workflow";

import { call, describeErrors } from "./calls";
import { buildBody } from "./mapped_fields";
import type { Resource } from "./resources";

interface Outcome {
  status: number;
  id: number | null;
  version: number | null;
  detail: string | null;
  errors: { parameter: string | null; detail: string }[];
}

type Operation = (context: IExecuteFunctions, resource: Resource, item: number) => Promise<IDataObject[]>;

// The most records of one page.
const PAGE = 200;

export const OPERATIONS: Record<string, Operation> = { create, get, getAll, update, delete: remove, upsert };

async function get(context: IExecuteFunctions, resource: Resource, item: number): Promise<IDataObject[]> {
  return [(await call(context, { path: getPath(context, resource, item), item })).body];
}

async function getAll(context: IExecuteFunctions, resource: Resource, item: number): Promise<IDataObject[]> {
  const all = context.getNodeParameter("returnAll", item) as boolean;
  const most = all ? Infinity : (context.getNodeParameter("limit", item) as number);
  // The address of a page may be copied from its question mark on.
  const query = new URLSearchParams((context.getNodeParameter("filter", item, "") as string).replace(/^\?/, ""));
  const found: IDataObject[] = [];
  for (let after: unknown = ""; after !== null && found.length < most; ) {
    query.set("limit", String(Math.min(PAGE, most - found.length)));
    if (after) query.set("after", String(after));
    const { body } = await call(context, { path: `${resource.many}?${query}`, item });
    found.push(...(body[resource.many] as IDataObject[]));
    after = body.next;
  }
  return found;
}

async function create(context: IExecuteFunctions, resource: Resource, item: number): Promise<IDataObject[]> {
  const body = buildBody(context, item);
  const answer = await call(context, { method: "POST", path: resource.many, body, headers: getKey(context, item), item });
  return [await getWritten(context, resource, answer.body, item)];
}

async function update(context: IExecuteFunctions, resource: Resource, item: number): Promise<IDataObject[]> {
  const path = getPath(context, resource, item);
  const answer = await call(context, { method: "PATCH", path, body: buildBody(context, item), item });
  return [await getWritten(context, resource, answer.body, item)];
}

async function remove(context: IExecuteFunctions, resource: Resource, item: number): Promise<IDataObject[]> {
  await call(context, { method: "DELETE", path: getPath(context, resource, item), item });
  return [{ id: Number(context.getNodeParameter("recordId", item)), deleted: true }];
}

async function upsert(context: IExecuteFunctions, resource: Resource, item: number): Promise<IDataObject[]> {
  const body = { match: context.getNodeParameter("match", item), records: [buildBody(context, item)] } as IDataObject;
  const path = `${resource.many}/batch`;
  const answer = await call(context, { method: "POST", path, body, headers: getKey(context, item), item });
  const [outcome] = answer.body.results as unknown as Outcome[];
  if (!outcome || outcome.status >= 400) {
    throw new NodeOperationError(context.getNode(), outcome?.detail ?? "The record was refused.", {
      description: describeErrors(outcome?.errors ?? []),
      itemIndex: item,
    });
  }
  const written = await getWritten(context, resource, { id: outcome.id, version: outcome.version }, item);
  return [{ ...written, created: outcome.status === 201 }];
}

function getPath(context: IExecuteFunctions, resource: Resource, item: number): string {
  const id = String(context.getNodeParameter("recordId", item)).trim();
  if (!/^\d+$/.test(id)) {
    throw new NodeOperationError(context.getNode(), "The ID of a record is a number, such as 17.", { itemIndex: item });
  }
  return `${resource.many}/${id}`;
}

/** If n8n runs the node again after a failure, what was created isn't created twice. */
function getKey(context: IExecuteFunctions, item: number): IDataObject {
  const execution = context.getExecutionId();
  const run = context.evaluateExpression("{{ $runIndex }}", item);
  return execution ? { "Idempotency-Key": `n8n ${execution} ${context.getNode().id} ${run} ${item}` } : {};
}

/** The whole record, or the ID and version of one that the token may not read. */
async function getWritten(
  context: IExecuteFunctions,
  resource: Resource,
  written: IDataObject,
  item: number,
): Promise<IDataObject> {
  if (!context.getNodeParameter("whole", item, true)) return written;
  const answer = await call(context, { path: `${resource.many}/${written.id}`, item, expects: [403, 404] });
  return answer.status < 400 ? answer.body : written;
}
