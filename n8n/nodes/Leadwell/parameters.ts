// What the node Leadwell asks for.
import type { INodeProperties } from "n8n-workflow";

import { RESOURCES } from "./resources";

const [WRITES, NAMES_ONE] = [["create", "update", "upsert"], ["get", "update", "delete"]];
// Those that have fields by which an existing record is found: one of their own, or a unique custom field.
const WITH_MATCH = RESOURCES.filter((one) => one.customFields).map((one) => one.value);

const getOperations = (hasMatch: boolean) => [
  { name: "Create", value: "create", action: "Create a record", description: "Add a new record" },
  ...(hasMatch
    ? [
        {
          name: "Create or Update",
          value: "upsert",
          action: "Create or update a record",
          description: "Change the record with the same value in a field, or add a new one (upsert)",
        },
      ]
    : []),
  { name: "Delete", value: "delete", action: "Delete a record", description: "Move a record to Trash" },
  { name: "Get", value: "get", action: "Get a record", description: "Read one record" },
  { name: "Get Many", value: "getAll", action: "Get many records", description: "Read records, page by page" },
  { name: "Update", value: "update", action: "Update a record", description: "Change fields of a record" },
];

export const PARAMETERS: INodeProperties[] = [
  {
    displayName: "Resource",
    name: "resource",
    type: "options",
    noDataExpression: true,
    options: RESOURCES.map(({ name, value }) => ({ name, value })),
    default: "lead",
  },
  ...[true, false].map(
    (hasMatch): INodeProperties => ({
      displayName: "Operation",
      name: "operation",
      type: "options",
      noDataExpression: true,
      displayOptions: {
        show: { resource: RESOURCES.map((one) => one.value).filter((one) => WITH_MATCH.includes(one) === hasMatch) },
      },
      options: getOperations(hasMatch),
      default: "get",
    }),
  ),
  {
    displayName: "ID",
    name: "recordId",
    type: "string",
    default: "",
    required: true,
    displayOptions: { show: { operation: NAMES_ONE } },
    description: "The number of the record, as in the address of its page",
  },
  {
    displayName: "Match By Name or ID",
    name: "match",
    type: "options",
    typeOptions: { loadOptionsMethod: "getMatches", loadOptionsDependsOn: ["resource"] },
    default: "",
    required: true,
    displayOptions: { show: { operation: ["upsert"] } },
    description: "The field by which an existing record is found, such as Email or a unique custom field. Fill it in below.",
  },
  {
    displayName: "Fields",
    name: "fields",
    type: "resourceMapper",
    noDataExpression: true,
    default: { mappingMode: "defineBelow", value: null },
    typeOptions: {
      loadOptionsDependsOn: ["resource"],
      resourceMapper: {
        resourceMapperMethod: "getFields",
        mode: "add",
        fieldWords: { singular: "field", plural: "fields" },
        addAllFields: false,
        supportAutoMap: true,
      },
    },
    displayOptions: { show: { operation: WRITES } },
  },
  {
    displayName: "More Fields",
    name: "moreFields",
    type: "json",
    default: "{}",
    displayOptions: { show: { operation: WRITES } },
    description: 'Further fields as JSON, sent as they are, such as {"owner": null} to empty a field',
  },
  {
    displayName: "Return Whole Record",
    name: "whole",
    type: "boolean",
    default: true,
    displayOptions: { show: { operation: WRITES } },
    description: "Whether to read the record after it was written. A token that may not read returns the ID alone.",
  },
  {
    displayName: "Return All",
    name: "returnAll",
    type: "boolean",
    default: false,
    displayOptions: { show: { operation: ["getAll"] } },
    description: "Whether to return all results or only up to a given limit",
  },
  {
    displayName: "Limit",
    name: "limit",
    type: "number",
    typeOptions: { minValue: 1 },
    default: 50,
    displayOptions: { show: { operation: ["getAll"], returnAll: [false] } },
    description: "Max number of results to return",
  },
  {
    displayName: "Filter",
    name: "filter",
    type: "string",
    default: "",
    placeholder: "country=DE&company.contains=steel&sort=-created_at",
    displayOptions: { show: { operation: ["getAll"] } },
    description: "Filters, search and sort as in the address of the list in Leadwell, from which you can copy them",
  },
];
