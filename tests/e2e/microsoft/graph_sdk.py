"""A program with Microsoft's Graph SDK for Python (msgraph-sdk, azure-identity), unmodified: takes the name of a step and an argument by the line, answers by the line."""

import asyncio
import datetime
import os
from urllib.parse import parse_qs, urlencode, urlsplit

from azure.identity import AuthorizationCodeCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.contact import Contact
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.calendar_view.calendar_view_request_builder import CalendarViewRequestBuilder
from msgraph.generated.users.item.mail_folders.item.messages.messages_request_builder import MessagesRequestBuilder
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph_core.tasks.page_iterator import PageIterator
from steps import serve

ORIGIN, AUTHORITY, CLIENT_ID, CLIENT_SECRET = (os.environ["EXO365_" + name] for name in ("ORIGIN", "AUTHORITY", "CLIENT_ID", "CLIENT_SECRET"))
REDIRECT_URI = "http://localhost/"
SCOPES = ["https://graph.microsoft.com/" + name for name in ("User.Read", "Mail.ReadWrite", "Mail.Send", "Calendars.ReadWrite", "Contacts.ReadWrite")]

held = {}


async def begin(_):
    query = {
        "client_id": CLIENT_ID,
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": " ".join([*SCOPES, "openid", "offline_access"]),
    }
    return AUTHORITY + "/oauth2/v2.0/authorize?" + urlencode(query)


async def finish(back):
    [code] = parse_qs(urlsplit(back).query)["code"]
    credential = AuthorizationCodeCredential(
        AUTHORITY.rsplit("/", 1)[1],
        CLIENT_ID,
        code,
        REDIRECT_URI,
        client_secret=CLIENT_SECRET,
        authority=ORIGIN,
        disable_instance_discovery=True,
    )
    provider = AzureIdentityAuthenticationProvider(credential, scopes=SCOPES, allowed_hosts=[urlsplit(ORIGIN).hostname])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = ORIGIN + "/v1.0"
    held["graph"] = GraphServiceClient(request_adapter=adapter)
    return (await held["graph"].me.get()).user_principal_name


def of(builder, **options):
    parameters = getattr(builder, builder.__name__ + "GetQueryParameters")(**options)
    return RequestConfiguration(query_parameters=parameters)


async def mail(address):
    me = held["graph"].me
    message = Message(
        subject="From the SDK",
        body=ItemBody(content_type=BodyType.Html, content="<p>Hello</p>"),
        to_recipients=[Recipient(email_address=EmailAddress(address=address))],
    )
    await me.send_mail.post(SendMailPostRequestBody(message=message, save_to_sent_items=True))
    inbox = me.mail_folders.by_mail_folder_id("inbox").messages
    found = await inbox.get(of(MessagesRequestBuilder, filter="subject eq 'From the SDK'", select=["subject", "body", "sentDateTime"]))
    [one] = found.value
    await me.messages.by_message_id(one.id).patch(Message(is_read=True, categories=["Blue"]))
    again = await me.messages.by_message_id(one.id).get()
    await me.messages.by_message_id(one.id).delete()
    return {"html": "<p>Hello</p>" in one.body.content, "read": again.is_read, "categories": again.categories, "time": isinstance(one.sent_date_time, datetime.datetime)}


async def pages(_):
    first = await held["graph"].me.mail_folders.by_mail_folder_id("inbox").messages.get(of(MessagesRequestBuilder, top=40, select=["subject"]))
    iterator = PageIterator(first, held["graph"].request_adapter)
    seen = []
    await iterator.iterate(lambda one: seen.append(one.id) or True)
    return {"all": len(seen), "different": len(set(seen)), "first": len(first.value)}


async def calendar(_):
    me = held["graph"].me
    berlin = "W. Europe Standard Time"
    event = Event(
        subject="By the SDK",
        start=DateTimeTimeZone(date_time="2026-12-24T10:00:00", time_zone=berlin),
        end=DateTimeTimeZone(date_time="2026-12-24T11:00:00", time_zone=berlin),
    )
    made = await me.events.post(event)
    window = of(CalendarViewRequestBuilder, start_date_time="2026-12-24T00:00:00Z", end_date_time="2026-12-25T00:00:00Z")
    seen = [one.start.date_time for one in (await me.calendar_view.get(window)).value if one.subject == "By the SDK"]
    await me.events.by_event_id(made.id).delete()
    return seen


async def contacts(_):
    me = held["graph"].me
    made = await me.contacts.post(Contact(given_name="Petra", surname="Probe", email_addresses=[EmailAddress(address="petra@fabrikam.example", name="Petra")]))
    changed = await me.contacts.by_contact_id(made.id).patch(Contact(company_name="Fabrikam"))
    await me.contacts.by_contact_id(made.id).delete()
    try:
        await me.contacts.by_contact_id(made.id).get()
    except ODataError as error:
        return {"name": made.display_name, "company": changed.company_name, "gone": [error.response_status_code, error.error.code]}


serve((begin, finish, mail, pages, calendar, contacts), run=asyncio.new_event_loop().run_until_complete)
