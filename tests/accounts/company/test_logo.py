"""The company's logo in Settings: which files it takes, how it's drawn, where it shows, who may change it, and its undo."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.company.logo_drawing import HIGHEST, WIDEST, draw_logo
from crm.models import CompanyLogo, CompanySettings, Operation
from crm.records.history.undo.field_reversal import revert_operation

PAGE, UPLOAD, REMOVAL = "/admin/company", "/admin/company/logo", "/admin/company/logo/remove"
NAVY, WHITE, NOTHING = (20, 40, 90, 255), (255, 255, 255, 255), (0, 0, 0, 0)


def build_picture(
    form="PNG", size=(900, 180), ink=NAVY, ground=NOTHING, box=(0, 0, 900, 180), **options
) -> bytes:
    picture = Image.new("RGBA", size, ground)
    picture.paste(ink, box)
    written = BytesIO()
    (picture if form != "JPEG" else picture.convert("RGB")).save(written, form, **options)
    return written.getvalue()


def post_file(browser, content: bytes, name="logo.png", version="0"):
    upload = SimpleUploadedFile(name, content)
    return browser.post(UPLOAD, {"picture": upload, "version": version}, follow=True)


# What the file is → the sides of the picture, or None if it is refused.
DRAWN = {
    "a wide PNG is as wide as it may be": (build_picture(), (480, 96)),
    "a JPEG": (build_picture("JPEG", ground=WHITE), (480, 96)),
    "a WebP": (build_picture("WEBP"), (480, 96)),
    "a high one is as high as it may be": (build_picture(size=(300, 900), box=(0, 0, 300, 900)), (43, 128)),
    "a small one stays as it is": (build_picture(size=(40, 30), box=(0, 0, 40, 30)), (40, 30)),
    "empty edges are cut off": (build_picture(box=(100, 50, 200, 100)), (100, 50)),
    "a white one on nothing": (build_picture(ink=WHITE, box=(0, 0, 300, 100)), (300, 100)),
    "a GIF": (build_picture("GIF"), None),
    "a drawing, which may contain scripts": (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', None),
    "a damaged PNG": (build_picture()[:200], None),
    "an empty PNG": (build_picture(ink=NOTHING), None),
    "a text named like a picture": (b"not a picture", None),
    "more pixels than are read": (build_picture(size=(6000, 5000), box=(0, 0, 9, 9)), None),
}


@pytest.mark.parametrize(("content", "size"), DRAWN.values(), ids=DRAWN.keys())
def test_what_becomes_of_a_file(content, size):
    logo = draw_logo(BytesIO(content))
    if size is None:
        assert logo is None
        return
    assert f"-{size[0]}x{size[1]}" in logo.name
    picture = Image.open(BytesIO(logo.content))
    assert (picture.format, picture.size) == ("WEBP", size)
    assert picture.width <= WIDEST
    assert picture.height <= HIGHEST


# What the picture is → whether it needs a dark ground.
GROUNDS = {
    "white on nothing": ({"ink": WHITE, "box": (50, 50, 150, 100)}, True),
    "dark on nothing": ({"box": (50, 50, 150, 100)}, False),
    "white on its own dark ground": ({"ink": WHITE, "ground": NAVY, "box": (50, 50, 150, 100)}, False),
    "a white rectangle without anything around it": ({"ink": WHITE}, False),
}


@pytest.mark.parametrize(("look", "is_bright"), GROUNDS.values(), ids=GROUNDS.keys())
def test_only_what_is_bright_on_nothing_gets_a_dark_ground(look, is_bright):
    assert draw_logo(BytesIO(build_picture(**look))).name.endswith("-bright") is is_bright


def test_what_a_file_says_about_itself_is_not_in_the_picture():
    exif = Image.Exif()
    exif[0x010E] = "Taken in the kitchen"
    logo = draw_logo(BytesIO(build_picture("JPEG", ground=WHITE, exif=exif)))
    assert b"kitchen" not in logo.content


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_users_without_permission_get_403(sign_in, cast, who):
    browser = sign_in(getattr(cast, who))
    assert post_file(browser, build_picture()).status_code == 403
    assert browser.post(REMOVAL).status_code == 403
    assert not CompanySettings.objects.exists()


def test_a_logo_is_in_the_menu_on_the_sign_in_page_and_on_printed_reports(sign_in, ada):
    browser = sign_in(ada)
    assert "/logo/" not in browser.get(PAGE).text
    page = post_file(browser, build_picture())
    name = CompanySettings.get_current().logo
    image = f'<img class=logo data-shape=wide data-ink=dark src="/logo/{name}.webp"'
    assert "Saved the logo." in page.text
    assert image in page.text
    assert image in Client().get("/login").text
    assert (
        image in browser.get("/admin/reports/untouched").text.partition("print-only")[2].partition("</p>")[0]
    )


def test_the_picture_needs_no_login_and_is_kept_by_browsers(sign_in, ada):
    post_file(sign_in(ada), build_picture())
    answer = Client().get(f"/logo/{CompanySettings.get_current().logo}.webp")
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert Image.open(BytesIO(answer.content)).size == (480, 96)
    assert Client().get("/logo/none-1x1.webp").status_code == 404


# A file that is refused → what the page says.
REFUSED = {
    "too large": (build_picture() + bytes(1_000_000), "This file is too large"),
    "no picture": (
        b"not a picture",
        "This file can’t be read as a picture. Choose a PNG, JPEG or WebP file.",
    ),
    "empty": (b"", "The submitted file is empty."),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refused_file_writes_nothing_and_says_why(sign_in, ada, content, sentence):
    answer = post_file(sign_in(ada), content)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not CompanyLogo.objects.exists()
    assert not CompanySettings.objects.exists()


def test_without_a_file_the_page_asks_for_one(sign_in, ada):
    answer = sign_in(ada).post(UPLOAD, {"version": "0"})
    assert answer.status_code == 422
    assert "This field is required." in answer.text


def test_another_logo_replaces_it_and_the_undo_brings_the_former_one_back(sign_in, ada):
    browser = sign_in(ada)
    post_file(browser, build_picture())
    first = CompanySettings.get_current().logo
    post_file(browser, build_picture(ink=(200, 0, 0, 255)), version="1")
    second = CompanySettings.get_current()
    assert second.logo != first
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert CompanySettings.get_current().logo == first
    assert Client().get(f"/logo/{first}.webp").status_code == 200


def test_a_removed_logo_shows_nowhere_and_comes_back_by_undo(sign_in, ada):
    browser = sign_in(ada)
    post_file(browser, build_picture())
    name = CompanySettings.get_current().logo
    page = browser.post(REMOVAL, follow=True).text
    assert "Removed the logo." in page
    assert "/logo/" not in page
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert CompanySettings.get_current().logo == name


def test_the_same_file_again_changes_nothing(sign_in, ada):
    browser = sign_in(ada)
    post_file(browser, build_picture())
    assert "Nothing was changed." in post_file(browser, build_picture(), version="1").text
    assert Operation.objects.filter(kind="edit_company_settings").count() == 1


def test_a_page_that_is_older_than_another_users_change_says_so(sign_in, ada):
    browser = sign_in(ada)
    post_file(browser, build_picture())
    browser.post(
        PAGE,
        {
            "name": "Acme",
            "language": "en",
            "time_zone": "Europe/Bucharest",
            "base_currency": "EUR",
            "version": "1",
        },
    )
    answer = post_file(browser, build_picture(ink=(200, 0, 0, 255)), version="1")
    assert answer.status_code == 409
    assert "since you opened the page" in answer.text
