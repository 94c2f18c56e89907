"""Reads a delivery status notification from stdin with Python's email package; prints what it says as JSON."""

import email
import email.policy
import json
import sys

message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = list(message.iter_parts())
status = parts[1]
# The body of message/delivery-status is a list of header sections: one for the message, one for each recipient.
sections = [dict((name.lower(), str(value)) for name, value in section.items()) for section in status.get_payload()]
print(
    json.dumps(
        {
            "type": message.get_content_type(),
            "reportType": message.get_param("report-type"),
            "from": message["from"],
            "to": message["to"],
            "autoSubmitted": message["auto-submitted"],
            "parts": [part.get_content_type() for part in parts],
            "defects": [str(defect) for part in message.walk() for defect in part.defects],
            "text": parts[0].get_content(),
            "perMessage": sections[0],
            "recipients": [section for section in sections[1:] if section],
            "returned": parts[2].as_bytes().decode("latin-1") if len(parts) > 2 else "",
        }
    )
)
