"""A SCRAM-SHA-256 client of its own, written from RFC 5802: logs in over SMTP or POP3 and prints what happened, as JSON.

The one argument is a JSON object: protocol ("smtp" or "pop3"), port, tls ("implicit" or "starttls"), certificate, user,
password, flag ("n", "y" or "p"); with "p" the login is bound with tls-server-end-point, to another certificate when
"wrong_certificate" is set.
"""

import base64
import hashlib
import hmac
import json
import os
import socket
import ssl
import sys

wish = json.loads(sys.argv[1])
told = {"mechanisms": [], "salt": None, "iterations": None, "trusted": None, "answer": None}


class Line:
    def __init__(self, raw):
        self.raw = raw
        self.file = raw.makefile("rb")

    def say(self, text):
        self.raw.sendall((text + "\r\n").encode())

    def hear(self):
        return self.file.readline().decode().rstrip("\r\n")


def secured(line):
    context = ssl.create_default_context(cafile=wish["certificate"])
    return Line(context.wrap_socket(line.raw, server_hostname="localhost"))


def smtp_hello(line):
    line.say("EHLO client.test")
    while True:
        answer = line.hear()
        if answer[4:].startswith("AUTH "):
            told["mechanisms"] = answer[4:].split()[1:]
        if answer[3] == " ":
            return


def pop3_capabilities(line):
    line.say("CAPA")
    while (answer := line.hear()) != ".":
        if answer.startswith("SASL "):
            told["mechanisms"] = answer.split()[1:]


def connect():
    line = Line(socket.create_connection(("localhost", wish["port"]), timeout=20))
    if wish["tls"] == "implicit":
        line = secured(line)
    line.hear()
    if wish["tls"] == "starttls":
        if wish["protocol"] == "smtp":
            smtp_hello(line)
        line.say("STARTTLS" if wish["protocol"] == "smtp" else "STLS")
        line.hear()
        line = secured(line)
    return line


def sign(key, text):
    return hmac.new(key, text, hashlib.sha256).digest()


def challenge(answer):
    start = "334 " if wish["protocol"] == "smtp" else "+ "
    return base64.b64decode(answer[len(start) :]) if answer.startswith(start) else None


def log_in(line):
    bound = wish["flag"] == "p"
    header = ("p=tls-server-end-point" if bound else wish["flag"]) + ",,"
    certificate = line.raw.getpeercert(True) + (b"x" if wish.get("wrong_certificate") else b"")
    channel = hashlib.sha256(certificate).digest() if bound else b""
    nonce = base64.b64encode(os.urandom(12)).decode()
    name = wish["user"].replace("=", "=3D").replace(",", "=2C")
    bare = "n=%s,r=%s" % (name, nonce)
    mechanism = "SCRAM-SHA-256-PLUS" if bound else "SCRAM-SHA-256"
    line.say("AUTH %s %s" % (mechanism, base64.b64encode((header + bare).encode()).decode()))
    answer = line.hear()
    first = challenge(answer)
    if first is None:
        return answer
    parts = dict(part.split("=", 1) for part in first.decode().split(","))
    told["salt"], told["iterations"] = parts["s"], int(parts["i"])
    assert parts["r"].startswith(nonce) and len(parts["r"]) > len(nonce)
    salt = base64.b64decode(parts["s"])
    salted = hashlib.pbkdf2_hmac("sha256", wish["password"].encode(), salt, int(parts["i"]))
    client_key = sign(salted, b"Client Key")
    without = "c=%s,r=%s" % (base64.b64encode(header.encode() + channel).decode(), parts["r"])
    message = ",".join([bare, first.decode(), without]).encode()
    signature = sign(hashlib.sha256(client_key).digest(), message)
    proof = bytes(a ^ b for a, b in zip(client_key, signature))
    line.say(base64.b64encode(("%s,p=%s" % (without, base64.b64encode(proof).decode())).encode()).decode())
    answer = line.hear()
    last = challenge(answer)
    if last is None:
        return answer
    told["trusted"] = last == b"v=" + base64.b64encode(sign(sign(salted, b"Server Key"), message))
    line.say("")
    return line.hear()


line = connect()
(smtp_hello if wish["protocol"] == "smtp" else pop3_capabilities)(line)
told["answer"] = log_in(line)
line.say("QUIT")
print(json.dumps(told))
