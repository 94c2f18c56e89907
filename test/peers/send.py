"""Sends the files named in a JSON specification with smtplib, in one connection; says what came of each."""

import json
import smtplib
import ssl
import sys

spec = json.loads(sys.argv[1])
context = ssl.create_default_context(cafile=spec["certificate"])
if spec["tls"] == "implicit":
    client = smtplib.SMTP_SSL("localhost", spec["port"], "client.test", context=context, timeout=60)
else:
    client = smtplib.SMTP("localhost", spec["port"], "client.test", timeout=60)
    client.starttls(context=context)
client.ehlo()
if spec.get("mechanism"):
    client.user, client.password = spec["user"], spec["password"]
    methods = {"PLAIN": client.auth_plain, "LOGIN": client.auth_login}
    try:
        if spec["mechanism"] in methods:
            client.auth(spec["mechanism"], methods[spec["mechanism"]])
        else:
            client.login(client.user, client.password)
    except smtplib.SMTPAuthenticationError as refusal:
        print(refusal.smtp_code, refusal.smtp_error.decode())
        sys.exit(1)
failed = False
for name in spec["files"]:
    with open(name, "rb") as file:
        message = file.read()
    try:
        refused = client.sendmail(spec["from"], spec["to"], message, ["BODY=8BITMIME"])
        print("refused" if refused else "taken", name, refused or "")
    except smtplib.SMTPResponseException as refusal:
        failed = True
        print(refusal.smtp_code, refusal.smtp_error.decode(), name)
client.quit()
sys.exit(1 if failed else 0)
