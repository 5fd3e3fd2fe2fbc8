"""leadwell_mcp.py: for assistants that start a program and talk to its standard input: it passes each message on to Leadwell.

It needs Python 3.9 or newer and nothing else. Copy this file to your computer, and have your assistant start it:

    LEADWELL_URL=https://crm.example.com LEADWELL_TOKEN=lw_… python3 leadwell_mcp.py

Each line of its input is one message of the Model Context Protocol, and so is each line of its output.
"""

import base64
import json
import os
import sys
import urllib.error
import urllib.request

VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
INTERNAL_ERROR, PARSE_ERROR = -32603, -32700
# Seconds for an answer: longer than any call of Leadwell takes.
PATIENCE = 60


def main():
    address = os.environ.get("LEADWELL_URL", "").rstrip("/")
    token = os.environ.get("LEADWELL_TOKEN", "")
    if not address.startswith(("https://", "http://")) or not token:
        sys.exit(
            "Set LEADWELL_URL to the address of your Leadwell and LEADWELL_TOKEN to the token of your assistant."
        )
    for line in sys.stdin:
        if line.strip():
            answer = forward(line, f"{address}/mcp", token)
            if answer is not None:
                sys.stdout.write(json.dumps(answer) + "\n")
                sys.stdout.flush()


def forward(line, address, token):
    """The answer to one message; None for a notification."""
    try:
        message = json.loads(line)
    except ValueError:
        return build_error(None, PARSE_ERROR, "The line isn't valid JSON.")
    message_id = message.get("id") if isinstance(message, dict) else None
    try:
        request = urllib.request.Request(address, line.encode(), build_headers(message, token), method="POST")
        # main() accepts addresses of the web only.
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # nosec
            text = response.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    except OSError as error:
        return build_error(message_id, INTERNAL_ERROR, f"Leadwell can't be reached: {error}")
    return read_answer(text, message_id)


def read_answer(text, message_id):
    if not text.strip():
        return None
    try:
        answer = json.loads(text)
    except ValueError:
        return build_error(
            message_id, INTERNAL_ERROR, "The answer isn't one of Leadwell. Check LEADWELL_URL."
        )
    if isinstance(answer, dict) and answer.get("jsonrpc") == "2.0":
        return answer
    detail = answer.get("detail") if isinstance(answer, dict) else None
    return build_error(message_id, INTERNAL_ERROR, detail or "Leadwell refused the call.")


def build_error(message_id, code, sentence):
    return {"jsonrpc": "2.0", "id": message_id, "error": {"code": code, "message": sentence}}


def build_headers(message, token):
    """The headers that repeat what the message says, for a message that names its revision."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
    }
    message = message if isinstance(message, dict) else {}
    params, method = message.get("params"), message.get("method")
    params = params if isinstance(params, dict) else {}
    meta = params.get("_meta")
    version = meta.get(VERSION_KEY) if isinstance(meta, dict) else None
    if not isinstance(version, str) or not isinstance(method, str):
        return headers
    headers.update({"Mcp-Protocol-Version": encode(version), "Mcp-Method": encode(method)})
    name = params.get(NAMED.get(method))
    if isinstance(name, str):
        headers["Mcp-Name"] = encode(name)
    return headers


def encode(value):
    """Headers are plain ASCII: anything else is sent in base64."""
    if value.isascii() and value.isprintable() and value == value.strip():
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode()}?="


if __name__ == "__main__":
    main()
