import type { IDataObject, INodeExecutionData, INodeType, INodeTypeDescription, IPollFunctions } from "n8n-workflow";

import { call, CREDENTIALS } from "./calls";
import { RESOURCES } from "./resources";

interface Place extends IDataObject {
  /** The list that the cursor belongs to. */
  list?: string;
  cursor?: string;
}

const LISTS = [
  ...RESOURCES.map(({ name, many }) => ({ name, value: many })),
  { name: "Activity", value: "activities" },
  { name: "Request", value: "requests" },
].sort((one, other) => one.name.localeCompare(other.name));
// One poll reads so many pages of 200 changes; the next one goes on.
const MOST_PAGES = 25;

/** Follows the changes of a list, each exactly once, from the moment at which the workflow was turned on. */
export class LeadwellTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Leadwell Trigger",
    name: "leadwellTrigger",
    icon: "file:leadwell.svg",
    group: ["trigger"],
    version: 1,
    subtitle: '={{$parameter["list"]}}',
    description: "Starts the workflow when records were added, changed or deleted",
    defaults: { name: "Leadwell Trigger" },
    polling: true,
    inputs: [],
    outputs: ["main"],
    credentials: [{ name: CREDENTIALS, required: true }],
    properties: [
      { displayName: "Resource", name: "list", type: "options", options: LISTS, default: "leads" },
      {
        displayName: "Events",
        name: "events",
        type: "multiOptions",
        default: ["added", "changed"],
        required: true,
        options: [
          { name: "Added", value: "added" },
          { name: "Changed", value: "changed" },
          { name: "Deleted", value: "deleted", description: "Moved to Trash, or deleted permanently" },
          { name: "Hidden", value: "hidden", description: "The user of the token can't see the record any more" },
          { name: "Merged", value: "merged", description: "Merged into the record whose ID is in “into”" },
          {
            name: "Restarted",
            value: "restarted",
            description: "Changes may be missing, for example after a backup was restored: read the whole list",
          },
          { name: "Restored", value: "restored", description: "Back from Trash" },
        ],
      },
    ],
  };

  async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
    const list = this.getNodeParameter("list") as string;
    if (this.getMode() === "manual") return buildItems(await getSample(this, list));
    const events = this.getNodeParameter("events") as string[];
    const place = this.getWorkflowStaticData("node") as Place;
    if (place.list !== list || !place.cursor) {
      place.cursor = await getCursorOfNow(this, list);
      place.list = list;
      return null;
    }
    return buildItems((await getChanges(this, list, place)).filter((one) => events.includes(String(one.change))));
  }
}

const buildItems = (found: IDataObject[]) => (found.length ? [found.map((json) => ({ json }))] : null);

/** The newest record as if it had just been added, so that a workflow can be built with its fields. */
async function getSample(context: IPollFunctions, list: string): Promise<IDataObject[]> {
  const { body } = await call(context, { path: `${list}?limit=1` });
  return (body[list] as IDataObject[]).map((record) => {
    return { id: record.id, change: "added", at: record.created_at ?? record.updated_at ?? null, into: null, record };
  });
}

async function getCursorOfNow(context: IPollFunctions, list: string): Promise<string> {
  return String((await call(context, { path: `${list}/changes` })).body.next);
}

/**
 * The changes since the place, which moves behind them: never behind those of a page that failed. If the cursor can't be followed any
 * more, following begins again.
 */
async function getChanges(context: IPollFunctions, list: string, place: Place): Promise<IDataObject[]> {
  const found: IDataObject[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const path = `${list}/changes?since=${encodeURIComponent(place.cursor!)}`;
    const answer = await call(context, { path, expects: [410] }).catch((error) => {
      // What the pages before have starts the workflow first. The next poll fails in the same place, or goes on.
      if (!found.length) throw error;
    });
    if (!answer) break;
    const { status, body } = answer;
    if (status === 410) {
      place.cursor = await getCursorOfNow(context, list);
      return [{ id: null, change: "restarted", at: null, into: null, record: null, reason: String(body.detail) }];
    }
    found.push(...(body.changes as IDataObject[]));
    place.cursor = String(body.next);
    if (!body.more) break;
  }
  return found;
}
