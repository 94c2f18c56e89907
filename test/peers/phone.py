"""Reads a mailbox as a phone does: headers by TOP first, some messages whole, one deleted, by the UIDLs it knows.

Each session is told on the command line which messages to open and to delete, by their subjects, and whether the
network goes away before QUIT. Prints JSON: what it saw in each session.
"""

import json
import poplib
import socket
import ssl
import sys

poplib._MAXLINE = 1000000  # its own limit for a line of an answer is 2048


def connect(spec):
    context = ssl.create_default_context(cafile=spec["certificate"])
    if spec["tls"] == "implicit":
        client = poplib.POP3_SSL("localhost", spec["port"], context=context, timeout=60)
    else:
        client = poplib.POP3("localhost", spec["port"], timeout=60)
        assert "STLS" in client.capa()
        client.stls(context=context)
    capabilities = client.capa()
    assert "TOP" in capabilities and "UIDL" in capabilities, capabilities
    if "UTF8" in capabilities:
        client.utf8()
    client.user(spec["user"])
    client.pass_(spec["password"])
    return client


def subject_of(lines):
    return next(line[9:].decode() for line in lines if line.startswith(b"Subject: "))


def visit(spec, session, known):
    client = connect(spec)
    numbers = {}
    for line in client.uidl()[1]:
        number, uidl = line.decode().split()
        numbers[uidl] = int(number)
    fresh = [uidl for uidl in numbers if uidl not in known]
    for uidl in fresh:
        lines = client.top(numbers[uidl], 0)[1]
        known[uidl] = subject_of(lines)
        assert lines[-1] == b"" and b"" not in lines[:-1], "more than the header"
    gone = [uidl for uidl in known if uidl not in numbers]
    for uidl in gone:
        del known[uidl]
    opened = {}
    for uidl, subject in known.items():
        if subject in session["open"]:
            lines = client.retr(numbers[uidl])[1]
            opened[subject] = b"\r\n".join(lines).decode("latin-1")
        if subject in session["delete"]:
            client.dele(numbers[uidl])
    if session["vanish"]:
        client.sock.shutdown(socket.SHUT_RDWR)
        client.sock.close()
    else:
        client.quit()
    return {"fresh": [known[uidl] for uidl in fresh], "gone": len(gone), "left": len(numbers), "opened": opened}


spec = json.loads(sys.argv[1])
known = {}
print(json.dumps([visit(spec, session, known) for session in spec["sessions"]]))
