import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from "n8n-workflow";

import { CREDENTIALS } from "./calls";
import { getFields, getMatches } from "./mapped_fields";
import { OPERATIONS } from "./operations";
import { PARAMETERS } from "./parameters";
import { getResource } from "./resources";

/** Reads and writes records, item by item. */
export class Leadwell implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Leadwell",
    name: "leadwell",
    icon: "file:leadwell.svg",
    group: ["transform"],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: "Read and write leads, companies, contacts, deals and tasks",
    defaults: { name: "Leadwell" },
    usableAsTool: true,
    inputs: ["main"],
    outputs: ["main"],
    credentials: [{ name: CREDENTIALS, required: true }],
    properties: PARAMETERS,
  };

  methods = { loadOptions: { getMatches }, resourceMapping: { getFields } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const found: INodeExecutionData[] = [];
    for (let item = 0; item < this.getInputData().length; item += 1) {
      try {
        const resource = getResource(this.getNodeParameter("resource", item) as string);
        const run = OPERATIONS[this.getNodeParameter("operation", item) as string]!;
        const records = await run(this, resource, item);
        found.push(...records.map((json) => ({ json, pairedItem: { item } })));
      } catch (error) {
        if (!this.continueOnFail()) throw error;
        found.push({ json: { error: (error as Error).message }, pairedItem: { item } });
      }
    }
    return [found];
  }
}
