// What n8n hands to a node, as far as ours use it: parameters, credentials, data of the workflow, and calls.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { LeadwellApi } = require("../dist/credentials/LeadwellApi.credentials.js");
export const { Leadwell } = require("../dist/nodes/Leadwell/Leadwell.node.js");
export const { LeadwellTrigger } = require("../dist/nodes/Leadwell/LeadwellTrigger.node.js");
export const { NodeApiError, NodeOperationError } = require("n8n-workflow");

export const SITE = process.env.LEADWELL_URL;
const NODE = { id: "7d0c", name: "Leadwell", type: "leadwell", typeVersion: 1, position: [0, 0], parameters: {} };
let executions = 0;

function getParameter(parameters, name, fallback) {
  const found = name.split(".").reduce((value, part) => value?.[part], parameters);
  return found === undefined ? fallback : found;
}

/** `answer` may take the place of the server: it gets the options of a call and returns a full answer, or nothing. */
export function buildContext(parameters, { items = [{}], token = process.env.LEADWELL_TOKEN, site = SITE, ...rest } = {}) {
  const execution = rest.execution ?? `${process.pid} ${(executions += 1)}`;
  const credentials = { url: site, token };
  return {
    calls: [],
    getNode: () => NODE,
    getInputData: () => items.map((json) => ({ json })),
    getNodeParameter: (name, item, fallback) =>
      getParameter(Array.isArray(parameters) ? parameters[item] : parameters, name, typeof item === "number" ? fallback : item),
    getCredentials: async () => credentials,
    getExecutionId: () => execution,
    getMode: () => rest.mode ?? "trigger",
    getWorkflowStaticData: () => rest.place,
    evaluateExpression: () => rest.run ?? 0,
    continueOnFail: () => rest.goesOn ?? false,
    helpers: {
      async httpRequestWithAuthentication(name, options) {
        this.calls.push(`${options.method} ${options.url.replace(site, "")}`);
        return (await rest.answer?.(options)) ?? send(name, options, credentials);
      },
    },
  };
}

async function send(name, { method, url, body, headers, disableFollowRedirect }, credentials) {
  const kind = new LeadwellApi();
  if (kind.name !== name) throw new Error(`There are no credentials ${name}.`);
  const own = Object.entries(kind.authenticate.properties.headers).map(([header, text]) => {
    return [header, text.replace(/^=/, "").replace("{{$credentials.token}}", credentials.token)];
  });
  const response = await fetch(url, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: { ...Object.fromEntries(own), ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    redirect: disableFollowRedirect ? "manual" : "follow",
  });
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

/** The records that the node hands on. */
export async function run(parameters, options) {
  const [found] = await new Leadwell().execute.call(buildContext(parameters, options));
  return found.map(({ json }) => json);
}

/** A form in which these fields were filled in. */
export const fill = (value, schema = []) => ({ mappingMode: "defineBelow", value, schema });

export const create = async (resource, value, options) =>
  (await run({ resource, operation: "create", fields: fill(value) }, options))[0];

export async function poll(parameters, options) {
  const found = await new LeadwellTrigger().poll.call(buildContext(parameters, options));
  return found && found[0].map(({ json }) => json);
}
