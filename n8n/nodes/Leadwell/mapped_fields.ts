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

interface CustomField {
  key: string;
  label: string;
  type: string;
  unique: boolean;
  read_only: boolean;
  choices: { key: string; label: string; retired: boolean }[];
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
  link: "number",
  yes_no: "boolean",
  choice: "options",
  choices: "array",
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
  return { fields: [...fields, ...(await getCustomFields(this, resource)).map(buildCustomField)] };
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
  const list = resource.references[name];
  const values = Array.isArray(list) ? list : field.enum;
  if (values) return values.filter((one) => one).map((one) => ({ name: getLabel(one!), value: one! }));
  if (typeof list !== "string") return undefined;
  const answer = await call(context, { path: list, expects: [403] });
  if (answer.status === 403) return undefined;
  const rows = Object.values(answer.body).find(Array.isArray) as unknown as { id: number; name: string }[];
  return rows.map((row) => ({ name: row.name, value: row.id }));
}

/** The fields by which an existing record is found. */
export async function getMatches(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  const resource = getResource(this.getNodeParameter("resource") as string);
  const unique = (await getCustomFields(this, resource)).filter((field) => field.unique);
  return [...(resource.matches ?? []), ...unique.map((field) => ({ name: field.label, value: field.key }))];
}

/** Those that may be written; none if the token may not read them. */
async function getCustomFields(context: ILoadOptionsFunctions, resource: Resource): Promise<CustomField[]> {
  if (!resource.customFields) return [];
  const answer = await call(context, { path: resource.customFields, expects: [403] });
  const rows = (Object.values(answer.body).find(Array.isArray) ?? []) as unknown as CustomField[];
  return rows.filter((row) => !row.read_only && !["formula", "file"].includes(row.type));
}

function buildCustomField({ key, label, type, choices }: CustomField): ResourceMapperField {
  const offered = choices.filter((choice) => !choice.retired).map((choice) => ({ name: choice.label, value: choice.key }));
  return buildField(key, label, CUSTOM_TYPES[type] ?? "string", false, type === "choice" ? offered : undefined);
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
