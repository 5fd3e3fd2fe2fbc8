// The protocol's JavaScript client against a running Leadwell; it prints what it saw as JSON.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const { LEADWELL_URL, LEADWELL_TOKEN, MODE } = process.env;
const client = new Client(
  { name: 'check', version: '1' },
  { versionNegotiation: { mode: MODE } },
);
const headers = { Authorization: `Bearer ${LEADWELL_TOKEN}` };
await client.connect(
  new StreamableHTTPClientTransport(new URL(`${LEADWELL_URL}/mcp`), { requestInit: { headers } }),
);

const call = async (name, args) => (await client.callTool({ name, arguments: args }));
const { tools } = await client.listTools();
const page = await call('list_records', { type: 'lead', conditions: { owner: 'me' }, limit: 1 });
const [lead] = page.structuredContent.data.records;
const edited = await call('edit_record', { type: 'lead', id: lead.id, values: { city: 'Câmpulung' } });
const between = await call('get_record', { type: 'lead', id: lead.id });
const undone = await call('undo_change', { change: edited.structuredContent.changes[0] });
const refused = await call('get_record', { type: 'lead', id: 999999999 });

console.log(JSON.stringify({
  version: client.getNegotiatedProtocolVersion?.() ?? null,
  tools: tools.map((tool) => tool.name),
  city: between.structuredContent.data.record.city,
  outcome: undone.structuredContent.outcome,
  refused: [refused.isError, refused.content[0].text],
}));
await client.close();
