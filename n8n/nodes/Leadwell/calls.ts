// Calls of API v2: each answer is JSON, and each problem an error with the sentences of Leadwell.
import { NodeApiError, NodeOperationError, sleep } from "n8n-workflow";
import type {
  IDataObject,
  IExecuteFunctions,
  IHttpRequestMethods,
  ILoadOptionsFunctions,
  IPollFunctions,
  JsonObject,
} from "n8n-workflow";

export type Context = IExecuteFunctions | IPollFunctions | ILoadOptionsFunctions;

export interface Call {
  method?: IHttpRequestMethods;
  /** Below /api/v2/, with its query. */
  path: string;
  body?: IDataObject;
  headers?: IDataObject;
  /** The item that the call is about. */
  item?: number;
  /** Statuses of problems that are returned and not thrown. */
  expects?: number[];
}

export interface Answer {
  status: number;
  body: IDataObject;
}

interface FullAnswer {
  statusCode: number;
  headers: Record<string, string | undefined>;
  body: unknown;
}

export const CREDENTIALS = "leadwellApi";
export const OWN = "/api/v2/";
// A call over the limit of the token is made again when the next minute has begun.
const [MOST_TRIES, LONGEST_WAIT] = [3, 61];

/** The answer. Throws NodeApiError for a problem. */
export async function call(context: Context, sent: Call): Promise<Answer> {
  const answer = await ask(context, sent, `${OWN}${sent.path}`);
  if (answer.status >= 400 && !sent.expects?.includes(answer.status)) throw buildError(context, answer, sent.item);
  return answer;
}

/** The description of all calls, which needs no token. */
export async function readSchema(context: Context): Promise<IDataObject> {
  return (await ask(context, { path: "" }, "/api/schema")).body;
}

async function ask(context: Context, sent: Call, url: string): Promise<Answer> {
  const { url: site } = await context.getCredentials(CREDENTIALS);
  for (let tries = 1; ; tries += 1) {
    const found = (await context.helpers.httpRequestWithAuthentication.call(context as IExecuteFunctions, CREDENTIALS, {
      method: sent.method ?? "GET",
      url: String(site).replace(/\/+$/, "") + url,
      body: sent.body,
      headers: { Accept: "application/json", ...sent.headers },
      json: true,
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      // The token belongs to this address alone.
      disableFollowRedirect: true,
    })) as FullAnswer;
    const wait = Number(found.headers["retry-after"]);
    if (found.statusCode !== 429 || tries === MOST_TRIES || !(wait <= LONGEST_WAIT)) {
      return { status: found.statusCode, body: parseBody(context, found) };
    }
    await sleep(wait * 1000);
  }
}

function parseBody(context: Context, found: FullAnswer): IDataObject {
  let body = found.body;
  if (typeof body === "string") {
    try {
      body = JSON.parse(body);
    } catch {
      body = null;
    }
  }
  const redirects = found.statusCode >= 300 && found.statusCode < 400;
  if (!redirects && body !== null && typeof body === "object") return body as IDataObject;
  const sentence = "This address doesn't answer like Leadwell. Check the address in the credentials.";
  throw new NodeOperationError(context.getNode(), sentence);
}

function buildError(context: Context, answer: Answer, item?: number): NodeApiError {
  const problem = answer.body as { detail?: string; errors?: { parameter: string | null; detail: string }[] };
  return new NodeApiError(context.getNode(), answer.body as JsonObject, {
    message: problem.detail ?? `Leadwell answered with the status ${answer.status}.`,
    description: describeErrors(problem.errors ?? []),
    httpCode: String(answer.status),
    itemIndex: item,
  });
}

/** "email: Enter a valid email address." for each field. */
export function describeErrors(errors: { parameter: string | null; detail: string }[]): string {
  return errors.map((error) => (error.parameter ? `${error.parameter}: ` : "") + error.detail).join("\n");
}
