// The package is as n8n reads it: each file that it names has the class of the same name, with the parameters that it uses.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const PACKAGE = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

for (const file of [...PACKAGE.n8n.credentials, ...PACKAGE.n8n.nodes]) {
  test(`${basename(file)} has its class and its icon`, () => {
    const path = require.resolve(`../${file}`);
    const found = new (require(path)[basename(file).split(".")[0]])();
    const icon = (found.description ?? found).icon.replace("file:", "");
    assert.ok(existsSync(join(dirname(path), icon)));
    const names = (found.description ?? found).properties.map((one) => one.name);
    assert.ok(names.length > 1);
    for (const used of found.description?.credentials ?? []) assert.equal(used.name, "leadwellApi");
  });
}

test("each operation that is offered exists, and each that exists is offered", () => {
  const { OPERATIONS } = require("../dist/nodes/Leadwell/operations.js");
  const { PARAMETERS } = require("../dist/nodes/Leadwell/parameters.js");
  const offered = PARAMETERS.filter((one) => one.name === "operation").flatMap((one) => one.options.map((option) => option.value));
  assert.deepEqual([...new Set(offered)].sort(), Object.keys(OPERATIONS).sort());
});

test("nothing but n8n itself is needed to run it", () => {
  assert.deepEqual([PACKAGE.dependencies, PACKAGE.peerDependencies], [undefined, { "n8n-workflow": "*" }]);
});
