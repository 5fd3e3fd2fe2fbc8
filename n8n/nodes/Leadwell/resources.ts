// The resources that the nodes know, and what the API has for each.
import type { INodePropertyOptions } from "n8n-workflow";

export interface Resource {
  name: string;
  value: string;
  /** The path of its list, which is also the name of the list in an answer. */
  many: string;
  /** The fields by which a record is found, if it may be there already, beside unique custom fields. */
  matches?: INodePropertyOptions[];
  /** By field: the list whose ids it has, or its values. */
  references: Record<string, string | string[]>;
  /** The call with its custom fields. */
  customFields?: string;
}

const EMAIL = { name: "Email", value: "email" };
const OWNED = { owner: "users", department: "departments" };

export const RESOURCES: Resource[] = [
  {
    name: "Company",
    value: "company",
    many: "companies",
    matches: [
      { name: "Domain", value: "domain" },
      { name: "Tax ID", value: "tax_id" },
    ],
    references: OWNED,
    customFields: "company-custom-fields",
  },
  {
    name: "Contact",
    value: "contact",
    many: "contacts",
    matches: [EMAIL],
    references: OWNED,
    customFields: "contact-custom-fields",
  },
  {
    name: "Deal",
    value: "deal",
    many: "deals",
    references: { ...OWNED, status: "deal-stages", lost_reason: "lost-reasons" },
    customFields: "deal-custom-fields",
  },
  {
    name: "Lead",
    value: "lead",
    many: "leads",
    matches: [EMAIL],
    references: { ...OWNED, status: "statuses", source: "sources", lost_reason: "lost-reasons" },
    customFields: "lead-custom-fields",
  },
  {
    name: "Task",
    value: "task",
    many: "tasks",
    references: { user: "users", of: ["lead", "company", "contact", "deal", "request"] },
  },
];

export const getResource = (value: string): Resource => RESOURCES.find((one) => one.value === value)!;
