// Makes tests/platform/fixtures/describe-instance-types.json out of the answer of EC2's DescribeInstanceTypes, for the
// test that compares the naming rule with it:
//   node scripts/capture-instance-types.js ANSWER.json DATE SOURCE > tests/platform/fixtures/describe-instance-types.json
// ANSWER.json is the API's answer ({"InstanceTypes": [...]}) or an object of its items by instance type.
"use strict";

const { readFileSync } = require("node:fs");

const [file, captured, source] = process.argv.slice(2);
if (file === undefined || captured === undefined || source === undefined) {
  console.error("usage: capture-instance-types.js ANSWER.json DATE SOURCE");
  process.exit(2);
}
const answer = JSON.parse(readFileSync(file, "utf8"));
const items = answer.InstanceTypes ?? Object.entries(answer).map(([type, item]) => ({ InstanceType: type, ...item }));

/** Architectures → families → sizes: small enough to read in a diff. */
const types = {};
for (const item of items.sort((a, b) => (a.InstanceType < b.InstanceType ? -1 : 1))) {
  const architectures = [...item.ProcessorInfo.SupportedArchitectures].sort().join("+");
  const [family, size] = item.InstanceType.split(".");
  types[architectures] ??= {};
  types[architectures][family] = [types[architectures][family], size].filter(Boolean).join(" ");
}
console.log(JSON.stringify({ captured, source, types }, undefined, 1));
