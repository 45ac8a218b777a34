"""A program with python-o365 (O365 on PyPI): takes the name of a step and an argument by the line, answers by the line."""

import datetime
import os
import tempfile

from msal import ConfidentialClientApplication
from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend
from steps import serve

ORIGIN, AUTHORITY, CLIENT_ID, CLIENT_SECRET = (os.environ["EXO365_" + name] for name in ("ORIGIN", "AUTHORITY", "CLIENT_ID", "CLIENT_SECRET"))
REDIRECT_URI = "http://localhost/"
SCOPES = ["Mail.ReadWrite", "Mail.Send", "Calendars.ReadWrite", "Contacts.ReadWrite", "User.Read"]
BERLIN = "Europe/Berlin"

held = {}


class LocalProtocol(MSGraphProtocol):
    """Graph at the tenant's address."""

    _protocol_url = ORIGIN + "/"


def begin(_):
    account = Account(
        (CLIENT_ID, CLIENT_SECRET),
        protocol=LocalProtocol(timezone=BERLIN),
        token_backend=MemoryTokenBackend(),
    )
    connection = account.con
    # The authority of the tenant is unknown to Microsoft, where MSAL would look it up.
    connection._msal_client = ConfidentialClientApplication(
        CLIENT_ID, CLIENT_SECRET, AUTHORITY, token_cache=connection.token_backend, instance_discovery=False
    )
    held["account"] = account
    scopes = ["https://graph.microsoft.com/" + scope for scope in SCOPES]
    address, held["flow"] = connection.get_authorization_url(scopes, redirect_uri=REDIRECT_URI)
    return address


def finish(back):
    connection = held["account"].con
    if not connection.request_token(back, flow=held["flow"]):
        raise RuntimeError("no token")
    return connection.username


def inbox():
    return held["account"].mailbox().inbox_folder()


def send(options):
    message = held["account"].mailbox().new_message()
    message.to.add(options["to"])
    message.subject = options["subject"]
    message.body = "<p>Sent by python-o365.</p>"
    if options.get("octets"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plans.bin")
            with open(path, "wb") as file:
                file.write(bytes(index % 251 for index in range(options["octets"])))
            # A draft that is there takes large files, by upload sessions.
            message.save_draft()
            message.attachments.add(path)
            return message.save_draft() and message.send()
    return message.send()


def found(folder, subject):
    query = folder.new_query().equals("subject", subject)
    return list(folder.get_messages(query=query, limit=5, download_attachments=False))


def read(subject):
    message = found(inbox(), subject)[0]
    return {"from": message.sender.address, "to": [one.address for one in message.to], "text": message.get_body_text()}


def reply(subject):
    message = found(inbox(), subject)[0]
    answer = message.reply(to_all=False)
    answer.body = "The answer."
    return {"sent": answer.send(), "subject": answer.subject}


def move(subject):
    box = held["account"].mailbox()
    message = found(box.inbox_folder(), subject)[0]
    moved = message.move(box.archive_folder())
    return {"moved": moved, "left": len(found(box.inbox_folder(), subject)), "there": len(found(box.archive_folder(), subject))}


def attachment(subject):
    folder = held["account"].mailbox().sent_folder()
    message = found(folder, subject)[0]
    message.attachments.download_attachments()
    [file] = message.attachments
    import base64

    content = base64.b64decode(file.content)
    right = content == bytes(index % 251 for index in range(len(content)))
    return {"name": file.name, "octets": len(content), "right": right}


def series(_):
    calendar = held["account"].schedule().get_default_calendar()
    event = calendar.new_event("Stand-up")
    event.start = datetime.datetime(2026, 10, 20, 10, 0)
    event.end = datetime.datetime(2026, 10, 20, 10, 15)
    event.recurrence.set_weekly(1, days_of_week=["tuesday"], first_day_of_week="monday", start=datetime.date(2026, 10, 20), end=datetime.date(2026, 11, 10))
    saved = event.save()
    berlin = event.protocol.timezone
    begin, end = (datetime.datetime(2026, month, day, tzinfo=berlin) for month, day in ((10, 19), (11, 12)))
    found = calendar.get_events(include_recurring=True, start_recurring=begin, end_recurring=end, limit=50)
    times = sorted(one.start.astimezone(berlin).isoformat() for one in found if one.subject == "Stand-up")
    return {"saved": saved, "times": times, "deleted": event.delete()}


def contact(_):
    book = held["account"].address_book()
    made = book.new_contact()
    made.name, made.surname = "Petra", "Probe"
    made.emails.add("petra@fabrikam.example")
    saved = made.save()
    query = book.new_query().equals("surname", "Probe")
    people = list(book.get_contacts(query=query, limit=5))
    names = [(one.name, one.main_email) for one in people]
    made.company_name = "Fabrikam"
    updated = made.save()
    return {"saved": saved, "found": names, "updated": updated, "deleted": made.delete()}


serve((begin, finish, send, read, reply, move, attachment, series, contact))
