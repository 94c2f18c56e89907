"""Fetches the first message with poplib and reads it with email; prints what it sees of each part as JSON."""

import email
import email.policy
import json
import poplib
import sys

spec = json.loads(sys.argv[1])
client = poplib.POP3("localhost", spec["port"], timeout=60)
client.encoding = "utf-8"
if spec["utf8"]:
    client.utf8()
client.user(spec["user"])
client.pass_(spec["password"])
size = int(client.list(1).split()[2])
octets = b"".join(line + b"\r\n" for line in client.retr(1)[1])
top = b"".join(line + b"\r\n" for line in client.top(1, spec["lines"])[1])
client.quit()
message = email.message_from_bytes(octets, policy=email.policy.default)
parts = [
    {
        "type": part.get_content_type(),
        "subject": part["subject"],
        "description": part["content-description"],
        "filename": part.get_filename(),
    }
    for part in message.walk()
]
print(
    json.dumps(
        {
            "listed": size,
            "octets": len(octets),
            "top": octets.startswith(top),
            "parts": parts,
        }
    )
)
