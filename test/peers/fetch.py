"""Fetches a whole mailbox with poplib, each message into a file; prints LIST, UIDL and TOP as JSON."""

import json
import os
import poplib
import ssl
import sys

poplib._MAXLINE = 1000000  # its own limit for a line of an answer is 2048
spec = json.loads(sys.argv[1])
context = ssl.create_default_context(cafile=spec["certificate"])
if spec["tls"] == "implicit":
    client = poplib.POP3_SSL("localhost", spec["port"], context=context, timeout=60)
else:
    client = poplib.POP3("localhost", spec["port"], timeout=60)
    client.stls(context=context)
client.user(spec["user"])
client.pass_(spec["password"])
count, octets = client.stat()
told = []
for n in range(1, count + 1):
    _, lines, _ = client.retr(n)
    with open(os.path.join(spec["directory"], "%d.eml" % n), "wb") as file:
        file.write(b"".join(line + b"\r\n" for line in lines))
    told.append(
        {
            "size": int(client.list(n).split()[2]),
            "uidl": client.uidl(n).split()[2].decode(),
            "top": b"\r\n".join(client.top(n, 0)[1]).decode("latin-1"),
        }
    )
client.quit()
print(json.dumps({"octets": octets, "messages": told}))
