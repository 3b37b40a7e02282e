// The official TypeScript clients against goxel-mcp: list, call every tool, read every resource.
//
//     node client.mjs stdio CALLS PROGRAM [ARGS...]
//     node client.mjs http CALLS URL TOKEN
//
// `@modelcontextprotocol/sdk` speaks 2025-11-25, `@modelcontextprotocol/client` 2026-07-28 as well. Both
// hold each result against the schema that the tool declares, and throw otherwise.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OldStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OldHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const about = { name: "goxel-client-js", version: "1" };
const [kind, path, ...target] = process.argv.slice(2);
const calls = JSON.parse(readFileSync(path, "utf8"));

function transport(Stdio, Http) {
  if (kind === "stdio") {
    return new Stdio({ command: target[0], args: target.slice(1), env: process.env, stderr: "ignore" });
  }
  const headers = { Authorization: `Bearer ${target[1]}` };
  return new Http(new URL(target[0]), { requestInit: { headers } });
}

async function everyTool(client, run) {
  const listed = new Map((await client.listTools()).tools.map((tool) => [tool.name, tool]));
  // Each run has a project of its own.
  const known = { run };
  const called = new Set();
  for (const call of calls) {
    assert(listed.has(call.tool), `no tool ${call.tool}`);
    let text = JSON.stringify(call.arguments);
    for (const [name, value] of Object.entries(known)) {
      text = text.replaceAll(`"$${name}"`, JSON.stringify(value));
    }
    const result = await client.callTool({ name: call.tool, arguments: JSON.parse(text) });
    assert(!result.isError, `${call.tool} ${text}: ${result.content[0]?.text}`);
    assert(result.structuredContent, `${call.tool}: nothing structured`);
    if (call.sees) {
      assert(result.content.some((block) => block.type === "image"), `${call.tool}: no picture`);
    }
    for (const [name, member] of Object.entries(call.keeps ?? {})) {
      known[name] = result.structuredContent[member];
    }
    called.add(call.tool);
  }
  const missing = [...listed.keys()].filter((name) => !called.has(name));
  assert.deepEqual(missing, [], "tools that calls.json does not call");
  return called.size;
}

async function everyResource(client) {
  const uris = [];
  let cursor;
  do {
    const page = await client.listResources(cursor ? { cursor } : undefined);
    uris.push(...page.resources.map((resource) => resource.uri));
    cursor = page.nextCursor;
  } while (cursor);
  for (const uri of uris) {
    const { contents } = await client.readResource({ uri });
    assert(contents[0].text || contents[0].blob, uri);
  }
  assert(uris.length >= 7, uris.join(" "));
  return uris.length;
}

async function everyPrompt(client) {
  const { prompts } = await client.listPrompts();
  for (const prompt of prompts) {
    const needed = (prompt.arguments ?? []).filter((one) => one.required);
    const given = Object.fromEntries(needed.map((one) => [one.name, "x"]));
    assert((await client.getPrompt({ name: prompt.name, arguments: given })).messages.length > 0);
  }
  return prompts.length;
}

async function run(name, client, transport, revision) {
  await client.connect(transport);
  try {
    const tools = await everyTool(client, `${name}-${kind}-${revision}`);
    const resources = await everyResource(client);
    const prompts = await everyPrompt(client);
    const refused = await client.callTool({ name: "look", arguments: { project_id: "0000000000" } });
    assert(refused.isError && refused.content[0].text.includes("list_projects"));
    await assert.rejects(client.callTool({ name: "no_such_tool", arguments: {} }));
    console.log(`${name} ${kind} ${revision}: ${tools} tools, ${resources} resources, ${prompts} prompts`);
  } finally {
    await client.close();
  }
}

await run("sdk", new OldClient(about), transport(OldStdio, OldHttp), "2025-11-25");
for (const [revision, mode] of [["2025-11-25", "legacy"], ["2026-07-28", { pin: "2026-07-28" }]]) {
  const client = new Client(about, { versionNegotiation: { mode } });
  await run("client", client, transport(StdioClientTransport, StreamableHTTPClientTransport), revision);
}
process.exit(0);
