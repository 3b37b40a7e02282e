"""The official Python client against goxel-mcp: lists, calls every tool, reads every resource.

    python client.py stdio CALLS PROGRAM [ARGS...]
    python client.py http CALLS URL TOKEN

CALLS is calls.json: what each tool is called with. Both revisions of the protocol are spoken, each as
one run. The client holds each result against the schema that the tool declares, and refuses otherwise;
this holds the arguments against theirs besides.
"""

import asyncio
import json
import sys

import httpx2
import jsonschema
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ResourceTemplateReference

REVISIONS = {"legacy": "2025-11-25", "2026-07-28": "2026-07-28"}


def connect(kind, target, mode, http):
    if kind == "stdio":
        server = StdioServerParameters(command=target[0], args=target[1:])
    else:
        server = streamable_http_client(target[0], http_client=http)
    return Client(server, mode=mode, read_timeout_seconds=60)


async def every_tool(client, calls, run):
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    # Each run has a project of its own.
    called, known = set(), {"run": run}
    for call in calls:
        tool = listed[call["tool"]]
        arguments = json.loads(fill(json.dumps(call["arguments"]), known))
        jsonschema.validate(arguments, tool.input_schema)
        result = await client.call_tool(tool.name, arguments)
        words = result.content[0].text if result.content else ""
        assert not result.is_error, f"{tool.name} {arguments}: {words}"
        jsonschema.validate(result.structured_content, tool.output_schema)
        if call.get("sees"):
            assert any(block.type == "image" for block in result.content), f"{tool.name}: no picture"
        for name, member in call.get("keeps", {}).items():
            known[name] = result.structured_content[member]
        called.add(tool.name)
    missing = set(listed) - called
    assert not missing, f"calls.json calls no {', '.join(sorted(missing))}"
    return called, known


def fill(text, known):
    for name, value in known.items():
        text = text.replace(f'"${name}"', json.dumps(value))
    return text


async def every_resource(client, known):
    page, uris = await client.list_resources(), []
    while True:
        uris += [resource.uri for resource in page.resources]
        if not page.next_cursor:
            break
        page = await client.list_resources(cursor=page.next_cursor)
    assert len(uris) >= 7, uris
    for uri in uris:
        read = await client.read_resource(uri)
        content = read.contents[0]
        assert getattr(content, "text", None) or getattr(content, "blob", None), uri
    templates = (await client.list_resource_templates()).resource_templates
    reference = ResourceTemplateReference(uri=templates[0].uri_template)
    found = await client.complete(reference, {"name": "project_id", "value": ""})
    assert known["project"] in found.completion.values, found
    return uris


async def every_prompt(client):
    prompts = (await client.list_prompts()).prompts
    for prompt in prompts:
        given = {one.name: "x" for one in prompt.arguments or [] if one.required}
        assert (await client.get_prompt(prompt.name, given)).messages, prompt.name
    return prompts


async def what_is_wrong(client):
    result = await client.call_tool("look", {"project_id": "0000000000"})
    assert result.is_error and "list_projects" in result.content[0].text, result
    try:
        await client.call_tool("no_such_tool", {})
    except MCPError as error:
        assert error.code == -32602, error
    else:
        raise AssertionError("a tool that is not there was called")


async def run(kind, calls, target, mode):
    headers = {"Authorization": f"Bearer {target[1]}"} if kind == "http" else {}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        async with connect(kind, target, mode, http) as client:
            assert client.protocol_version == REVISIONS[mode], client.protocol_version
            tools, known = await every_tool(client, calls, f"python-{kind}-{mode}")
            uris = await every_resource(client, known)
            prompts = await every_prompt(client)
            await what_is_wrong(client)
    counts = f"{len(tools)} tools, {len(uris)} resources, {len(prompts)} prompts"
    print(f"python {kind} {REVISIONS[mode]}: {counts}")


def main():
    kind, path, *target = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        calls = json.load(file)
    for mode in REVISIONS:
        asyncio.run(run(kind, calls, target, mode))


main()
