"""Which part of an email is its quotation, as mail programs write it: as plain text, and as a page."""

import pytest

from crm.work.emails.quotations import find_headers, find_introduction, split_quotation
from mailboxes.messages.html_to_markdown import convert_html_to_markdown

ANSWER = "Yes, on Monday."

# What stands below the answer, as each program writes it in plain text.
PLAIN = {
    "Gmail": "On Tue, Mar 3, 2026 at 10:12 AM Ana Albu <ana@client.example> wrote:\n\n> Good morning,\n>\n> when?",
    "Gmail, broken into two lines": (
        "On Tue, Mar 3, 2026 at 10:12 AM Ana Albu-Constantinescu\n<ana@client.example> wrote:\n\n> When?"
    ),
    "Gmail in Romanian": "mar., 3 mar. 2026 la 10:12, Ana Albu <ana@client.example> a scris:\n\n> Bună,\n> când?",
    "Gmail in Romanian, with a day": "În mar., 3 mar. 2026, 10:12 Ana Albu <ana@client.example> a scris:\n> Când?",
    "Apple Mail": "> On 3 Mar 2026, at 10:12, Ana Albu <ana@client.example> wrote:\n> \n> When?",
    "Apple Mail in Romanian": "> Pe 3 mar. 2026, la 10:12, Ana Albu <ana@client.example> a scris:\n> \n> Când?",
    "Thunderbird": "On 03/03/2026 10:12, Ana Albu wrote:\n> When?\n>> Or not?",
    "Thunderbird in Romanian": "Pe 03.03.2026 10:12, Ana Albu a scris:\n> Când?",
    "Leadwell": "On 3 March 2026, 10:12, Ana Albu wrote:\n\n> When?",
    "Outlook": (
        "From: Ana Albu <ana@client.example>\nSent: Tuesday, March 3, 2026 10:12 AM\n"
        "To: Bob <bob@ours.example>\nSubject: Offer\n\nWhen?"
    ),
    "Outlook with a line": (
        "________________________________\nFrom: Ana Albu <ana@client.example>\n"
        "Sent: Tuesday, March 3, 2026 10:12\nTo: Bob\nSubject: Offer\n\nWhen?"
    ),
    "Outlook with a separator": (
        "-----Original Message-----\nFrom: Ana Albu [mailto:ana@client.example]\nSent: 3 March\nTo: Bob\n\nWhen?"
    ),
    "Outlook in Romanian": (
        "De la: Ana Albu <ana@client.example>\nTrimis: marți, 3 martie 2026 10:12\nCătre: Bob\n"
        "Subiect: Ofertă\n\nCând?"
    ),
    "Outlook in German": "Von: Ana Albu\nGesendet: Dienstag, 3. März 2026 10:12\nAn: Bob\nBetreff: Angebot\n\nWann?",
    "a separator in Romanian": "---- Mesaj original ----\nDe la: Ana\n\nCând?",
    "a program that marks no lines": "On Tuesday, March 3, 2026, 10:12, Ana Albu <ana@client.example> wrote:\n\nWhen?",
    "one without an introduction": "> When?",
    "French": "Le mar. 3 mars 2026 à 10:12, Ana Albu <ana@client.example> a écrit :\n\n> Quand ?",
}


@pytest.mark.parametrize("quoted", PLAIN.values(), ids=PLAIN)
def test_the_quotation_below_an_answer_is_found(quoted):
    assert split_quotation(f"{ANSWER}\n\nBob\n\n{quoted}\n", "Re: Offer") == (f"{ANSWER}\n\nBob", quoted)


# The same as a page: what each program puts below the answer, and how its quotation begins.
PAGES = {
    "Gmail": (
        '<div dir="ltr">Yes, on Monday.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        'On Tue, Mar 3, 2026 at 10:12 AM Ana Albu &lt;<a href="mailto:ana@client.example">ana@client.example'
        '</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">'
        '<div dir="ltr">When?<br></div></blockquote></div>',
        "On Tue, Mar 3",
    ),
    "Outlook for Windows": (
        '<div class="WordSection1"><p class="MsoNormal">Yes, on Monday.<o:p></o:p></p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        '<p class="MsoNormal"><b><span>From:</span></b><span> Ana Albu &lt;ana@client.example&gt; <br>'
        "<b>Sent:</b> Tuesday, March 3, 2026 10:12 AM<br><b>To:</b> Bob<br><b>Subject:</b> Offer</span></p>"
        '</div><p class="MsoNormal">When?</p></div>',
        "**From:** Ana Albu",
    ),
    "Outlook on the web in Romanian": (
        '<div>Yes, on Monday.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%">'
        '<div id="divRplyFwdMsg" dir="ltr"><font><b>De la:</b> Ana Albu &lt;ana@client.example&gt;<br>'
        "<b>Trimis:</b> marți, 3 martie 2026 10:12<br><b>Către:</b> Bob<br><b>Subiect:</b> Ofertă</font>"
        "<div>&nbsp;</div></div><div>Când?</div>",
        "**De la:** Ana Albu",
    ),
    "Apple Mail": (
        '<body>Yes, on Monday.<br><div><br><blockquote type="cite"><div>On 3 Mar 2026, at 10:12, Ana Albu '
        '&lt;ana@client.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>When?</div>'
        "</blockquote></div><br></body>",
        "> On 3 Mar 2026",
    ),
    "Thunderbird": (
        '<body><p>Yes, on Monday.</p><div class="moz-cite-prefix">On 3/3/26 10:12, Ana Albu wrote:<br></div>'
        '<blockquote type="cite" cite="mid:1@client.example"><p>When?</p></blockquote></body>',
        "On 3/3/26 10:12",
    ),
}


@pytest.mark.parametrize(("page", "begin"), PAGES.values(), ids=PAGES)
def test_the_quotation_of_a_page_is_found(page, begin):
    said, quoted = split_quotation(convert_html_to_markdown(page), "Re: Offer")
    assert said == ANSWER
    assert quoted.startswith(begin)
    assert quoted.endswith(("When?", "Când?"))


# What shows whole.
WHOLE = {
    "no quotation": "Good morning,\n\nwhen?",
    "nothing": "",
    "only a quotation": "On 3 March 2026, Ana wrote:\n\n> When?",
    "an answer line by line": "On 3 March 2026, Ana wrote:\n> When?\nOn Monday.\n> Where?\nHere.",
    "an answer line by line that ends with a question": "> When?\nOn Monday.\n> Where?",
    "text on both sides": "Hello,\n\n> When?\n\nOn Monday.",
    "a sentence that ends like an introduction": "I know what you wrote:\n\nit was good.",
    "one header in a text": "From: Iași\n\nwe go to Cluj.",
    "forwarded by Gmail": (
        "See below.\n\n---------- Forwarded message ---------\nFrom: Ana <a@x.example>\nDate: Tue, Mar 3, 2026\n"
        "Subject: Offer\nTo: Bob\n\nWhen?"
    ),
    "forwarded by Apple Mail": "See below.\n\nBegin forwarded message:\n\n> From: Ana\n> Subject: Offer\n>\n> When?",
    "forwarded by Leadwell": "See below.\n\nForwarded email from Ana, 3 March 2026, 10:12:\nSubject: Offer\n\n> When?",
    "forwarded by Leadwell in Romanian": "Vezi.\n\nE-mail redirecționat de la Ana, 3 martie 2026:\n\n> Când?",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_what_is_no_quotation_shows_whole(text):
    assert split_quotation(text) == (text, "")


def test_what_outlook_forwards_shows_whole_by_its_subject():
    text = f"{ANSWER}\n\n{PLAIN['Outlook']}"
    assert split_quotation(text, "FW: Offer") == (text, "")
    assert split_quotation(text, "RE: Offer").quoted == PLAIN["Outlook"]


def test_an_answer_below_the_quotation_is_what_was_said():
    """As Thunderbird and many mailing lists write."""
    quoted = "On 3 March 2026, Ana wrote:\n> When?\n> Where?"
    assert split_quotation(f"{quoted}\n\n{ANSWER}") == (ANSWER, quoted)


# The lines of a text, and how many of them from the first one on say who wrote what follows.
INTRODUCTIONS = {
    "one line": (["Ana wrote:"], 1),
    "one with a date": (["On 3 March 2026, Ana wrote:", "Hello"], 1),
    "two lines": (["On 3 March 2026,", "Ana wrote:"], 2),
    "as many as allowed": (["On 3 March 2026,", "at 10:12,", "Ana wrote:"], 3),
    "one more": (["On 3 March 2026,", "at 10:12,", "as you know,", "Ana wrote:"], 0),
    "two lines without a date": (["Good morning.", "Ana wrote:"], 0),
    "an empty line between": (["On 3 March 2026,", "", "Ana wrote:"], 0),
    "a quoted line between": (["On 3 March 2026,", "> Hello", "Ana wrote:"], 0),
    "a quoted one": (["> Ana wrote:"], 0),
    "an empty line before": (["", "Ana wrote:"], 0),
    "no colon": (["Ana wrote"], 0),
    "nothing": ([""], 0),
}


@pytest.mark.parametrize(("lines", "number"), INTRODUCTIONS.values(), ids=INTRODUCTIONS)
def test_how_many_lines_say_who_wrote_what_follows(lines, number):
    assert find_introduction(lines, 0) == number


# The lines of a text, and where the headers of an answered email begin.
HEADERS = {
    "a line of Outlook": (["Yes.", "-----Original Message-----", "x"], 1),
    "three headers": (["Yes.", "From: Ana", "To: Bob", "Subject: Offer"], 1),
    "two headers": (["Yes.", "From: Ana", "Subject: Offer"], None),
    "the same header twice": (["Yes.", "From: Ana", "To: Bob", "To: Jan"], None),
    "two of the other headers": (["Yes.", "From: Ana", "Sent: today", "To: Bob"], 1),
    "below a line": (["Yes.", "________________", "From: Ana", "To: Bob", "Subject: Offer"], 1),
    "at the beginning": (["From: Ana", "To: Bob", "Subject: Offer"], 0),
    "too far below": (["From: Ana", *[""] * 6, "To: Bob", "Subject: Offer"], None),
    "just near enough": (["From: Ana", *[""] * 5, "To: Bob", "Subject: Offer"], 0),
    "a dated line": (["Yes.", "On 3 March 2026, Ana wrote:", "Hello"], 1),
    "a dated line above a quotation": (["Yes.", "On 3 March 2026, Ana wrote:", "> Hello"], None),
    "a line without a date": (["Yes.", "Ana wrote:", "Hello"], None),
}


@pytest.mark.parametrize(("lines", "place"), HEADERS.values(), ids=HEADERS)
def test_where_the_headers_of_an_answered_email_begin(lines, place):
    assert find_headers(lines) == place
