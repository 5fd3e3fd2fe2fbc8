import type { IAuthenticateGeneric, ICredentialTestRequest, ICredentialType, INodeProperties } from "n8n-workflow";

/** The address of an installation, and a token that an administrator has created under Settings, API. */
export class LeadwellApi implements ICredentialType {
  name = "leadwellApi";

  displayName = "Leadwell API";

  icon = "file:leadwell.svg" as const;

  properties: INodeProperties[] = [
    {
      displayName: "Address",
      name: "url",
      type: "string",
      default: "",
      placeholder: "https://crm.example.com",
      required: true,
      description: "The address of your Leadwell, as in the browser, without a path",
    },
    {
      displayName: "Token",
      name: "token",
      type: "string",
      typeOptions: { password: true },
      default: "",
      required: true,
      description: "An API token from Settings, API. It can do what you chose there, and no more than its user.",
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: "generic",
    properties: { headers: { Authorization: "=Bearer {{$credentials.token}}" } },
  };

  test: ICredentialTestRequest = {
    request: { baseURL: '={{$credentials.url.replace(/\\/+$/, "")}}', url: "/api/v2/me" },
  };
}
