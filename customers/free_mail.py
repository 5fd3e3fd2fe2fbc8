"""The providers of free mailboxes: an address with one of their domains says nothing about a company."""

FREE_MAIL = frozenset(
    ["126.com", "163.com", "aol.com", "aol.de", "arcor.de", "bluewin.ch", "btinternet.com", "centrum.cz", "clicknet.ro", "comcast.net", "daum.net", "email.com", "email.cz", "email.de", "fastmail.com", "free.fr", "freemail.hu", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hanmail.net", "home.ro", "hotmail.be", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it", "hushmail.com", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl", "k.ro", "laposte.net", "libero.it", "list.ru", "live.co.uk", "live.com", "live.fr", "live.nl", "mac.com", "mail.bg", "mail.com", "mail.de", "mail.ee", "mail.ru", "me.com", "msn.com", "naver.com", "o2.pl", "onet.pl", "op.pl", "orange.fr", "outlook.com", "outlook.de", "outlook.es", "outlook.fr", "personal.ro", "pm.me", "poczta.onet.pl", "posteo.de", "proton.me", "protonmail.ch", "protonmail.com", "qq.com", "rambler.ru", "rocketmail.com", "sapo.pt", "seznam.cz", "sfr.fr", "sina.com", "t-online.de", "terra.com.br", "terra.es", "tutanota.com", "ukr.net", "uol.com.br", "verizon.net", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yahoo.ro", "yandex.com", "yandex.ru", "ymail.com", "zoho.com"]
)


def company_domain(domain: str) -> str:
    """The domain in lower case without "www.", or '' if it can't be that of a company."""
    found = domain.strip().lower().rstrip(".").removeprefix("www.")
    return "" if found in FREE_MAIL or "." not in found else found
