"""Pictures within the text of an email are shown there, from our own files only."""

from email.message import EmailMessage
from io import BytesIO

import pytest
from PIL import Image

from crm.models import AttachedFile
from crm.work.models.activity import Activity

pytestmark = pytest.mark.django_db


def a_picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (20, 20), "red").save(made, "PNG")
    return made.getvalue()


def an_email_with_a_picture(page: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "ana@stranger.example", "Plan"
    message.set_content(page, subtype="html")
    message.add_related(
        a_picture(), maintype="image", subtype="png", cid="<1@stranger.example>", filename="plan.png"
    )
    return message


@pytest.mark.parametrize("where", ["timeline", "page of the email"])
def test_a_picture_is_where_the_text_has_it(deliver, make_lead, client, ada, where):
    lead = make_lead(email="ana@stranger.example")
    deliver(an_email_with_a_picture('<p>Before <img src="cid:1@stranger.example"> after [other.png]</p>'))
    activity, file = Activity.objects.get(), AttachedFile.objects.get()
    assert activity.text == "Before [plan.png] after [other.png]"
    client.force_login(ada)
    path = f"/admin/leads/{lead.pk}"
    own = f"{path}/activities/{activity.pk}/files/{file.pk}"
    text = client.get(path if where == "timeline" else f"{path}/activities/{activity.pk}").text
    shown = text.partition("Before ")[2].partition(" after [other.png]")[0]
    assert shown == f'<a href="{own}" download><img src="{own}/thumbnail" loading="lazy" alt="plan.png"></a>'


def test_a_name_within_a_link_changes_no_address(deliver, make_lead, client, ada):
    lead = make_lead(email="ana@stranger.example")
    deliver(
        an_email_with_a_picture(
            '<p><a href="https://a.example/[plan.png]">here</a><img src="cid:1@stranger.example"></p>'
        )
    )
    client.force_login(ada)
    page = client.get(f"/admin/leads/{lead.pk}").text
    assert 'href="https://a.example/<' not in page


def test_what_people_write_here_shows_no_pictures(make_lead, client, bob):
    lead = make_lead(owner=bob)
    client.force_login(bob)
    client.post(f"/admin/leads/{lead.pk}/activities", {"type": "note", "text": "See [plan.png]"})
    assert "See [plan.png]" in client.get(f"/admin/leads/{lead.pk}").text
