// The fields that a person fills in: which ones a resource has, and what is sent of them.
import type {
  FieldType,
  IDataObject,
  IExecuteFunctions,
  ILoadOptionsFunctions,
  INodePropertyOptions,
  ResourceMapperField,
  ResourceMapperFields,
} from "n8n-workflow";

import { call, readSchema } from "./calls";
import { getResource } from "./resources";
import type { Resource } from "./resources";

interface Described {
  type?: string | string[];
  description?: string;
  $ref?: string;
  enum?: (string | null)[];
}

interface Schema {
  paths: Record<string, { post: { requestBody: { content: Record<string, { schema: { $ref: string } }> } } }>;
  components: { schemas: Record<string, { properties: Record<string, Described>; required?: string[] } & Described> };
}

const CUSTOM = /^c\d+$/;
const TYPES: Record<string, FieldType> = {
  integer: "number",
  number: "number",
  boolean: "boolean",
  array: "array",
  object: "object",
};
// Of custom fields, by their type in Leadwell; all others are texts.
const CUSTOM_TYPES: Record<string, FieldType> = {
  number: "number",
  money: "number",
  rating: "number",
  user: "number",
  yes_no: "boolean",
  choices: "array",
  link: "object",
};

/** The fields of the resource that is chosen, with the custom ones. */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
  const resource = getResource(this.getNodeParameter("resource") as string);
  const schema = (await readSchema(this)) as unknown as Schema;
  const reference = schema.paths[`/api/v2/${resource.many}`]!.post.requestBody.content["application/json"]!.schema.$ref;
  const described = getNamed(schema, reference);
  const own = Object.entries(described.properties).filter(([name]) => name !== "custom_fields");
  const fields = await Promise.all(
    own.map(async ([name, field]) => {
      const values = field.$ref ? getNamed(schema, field.$ref) : field;
      const required = described.required?.includes(name) ?? false;
      const [options, label] = [await getOptions(this, resource, name, values), getLabel(name)];
      return buildField(name, label, options ? "options" : getType(values), required, options);
    }),
  );
  return { fields: [...fields, ...(await getCustomFields(this, resource))] };
}

const getNamed = (schema: Schema, reference: string) => schema.components.schemas[reference.split("/").pop()!]!;

function buildField(
  id: string,
  displayName: string,
  type: FieldType,
  required = false,
  options?: INodePropertyOptions[],
): ResourceMapperField {
  return { id, displayName, type, required, options, display: true, defaultMatch: false, canBeUsedToMatch: false };
}

/** "second_email" as "Second Email". */
const getLabel = (name: string) => name.replace(/(^|_)(\w)/g, (_all, dash, letter) => (dash ? " " : "") + letter.toUpperCase());

function getType({ type }: Described): FieldType {
  const one = Array.isArray(type) ? type.find((each) => each !== "null") : type;
  return TYPES[one ?? ""] ?? "string";
}

/** The values that a field can have by name; undefined if it takes others, or if the token may not read them. */
async function getOptions(context: ILoadOptionsFunctions, resource: Resource, name: string, field: Described) {
  if (field.enum) return field.enum.filter((one) => one).map((one) => ({ name: getLabel(one!), value: one! }));
  const list = resource.references[name];
  if (!list) return undefined;
  const answer = await call(context, { path: list, expects: [403] });
  if (answer.status === 403) return undefined;
  const rows = Object.values(answer.body).find(Array.isArray) as unknown as { id: number; name: string }[];
  return rows.map((row) => ({ name: row.name, value: row.id }));
}

async function getCustomFields(context: ILoadOptionsFunctions, resource: Resource): Promise<ResourceMapperField[]> {
  if (!resource.customFields) return [];
  const answer = await call(context, { path: resource.customFields, expects: [403] });
  const rows = (Object.values(answer.body).find(Array.isArray) ?? []) as unknown as IDataObject[];
  return rows
    .filter((row) => !["formula", "file"].includes(String(row.type)))
    .map((row) => buildField(String(row.key), String(row.label ?? row.name), CUSTOM_TYPES[String(row.type)] ?? "string"));
}

/** The body for one item: what was filled in or mapped, and further fields. Fields that weren't filled in aren't sent. */
export function buildBody(context: IExecuteFunctions, item: number): IDataObject {
  const schema = context.getNodeParameter("fields.schema", item, []) as ResourceMapperField[];
  const automatic = context.getNodeParameter("fields.mappingMode", item, "defineBelow") === "autoMapInputData";
  const found = automatic
    ? context.getInputData()[item]!.json
    : ((context.getNodeParameter("fields.value", item, {}) ?? {}) as IDataObject);
  const known = new Map(schema.filter((field) => !field.removed).map((field) => [field.id, field.type]));
  const [body, custom]: [IDataObject, IDataObject] = [{}, {}];
  for (const [name, value] of Object.entries(found)) {
    if (value === null || value === undefined || (automatic && !known.has(name))) continue;
    // An empty text of another field empties it.
    (CUSTOM.test(name) ? custom : body)[name] = value === "" && (known.get(name) ?? "string") !== "string" ? null : value;
  }
  const more = context.getNodeParameter("moreFields", item, {}) as IDataObject | string;
  const further = (typeof more === "string" ? JSON.parse(more || "{}") : more) as IDataObject;
  const together = { ...custom, ...((further.custom_fields as IDataObject | undefined) ?? {}) };
  return { ...body, ...further, ...(Object.keys(together).length ? { custom_fields: together } : {}) };
}
