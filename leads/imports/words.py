"""What other programs and people call the fields of a lead, folded, by field. The product's own words come on top."""

from functools import cache

from django.conf import settings
from django.utils import translation

from leads import fields
from leads.excel import heading_of
from leads.sorts import folded

# English, Romanian and the heads of widespread programs; German, French and Spanish where they are as clear.
WORDS = {
    "name": "name, full name, contact name, lead name, nume complet, nume si prenume, contact, contact person, "
    "persoana de contact, display name, person, ansprechpartner, customer name, client",
    "first_name": "first name, firstname, given name, forename, prenume, prenumele, vorname, prenom, first",
    "last_name": "last name, lastname, surname, family name, nume, nume de familie, nachname, nom, apellido, apellidos, last",
    "title": "title, job title, position, designation, functie, functia, pozitie, rol, role, job, berufsbezeichnung",
    "company": "company, company name, organization, organisation, organization name, account, account name, firma, "
    "companie, societate, denumire firma, nume firma, nume companie, unternehmen, entreprise, empresa, business name",
    "email": "email, e-mail, email address, e-mail address, mail, adresa email, adresa de email, email 1, primary email, "
    "work email, business email, lead email, contact email, correo",
    "second_email": "second email, secondary email, email 2, alternate email, other email, email secundar, al doilea email",
    "phone": "phone, telephone, phone number, telephone number, tel, telefon, work phone, business phone, phone 1, "
    "office phone, telefon fix, numar de telefon, numar telefon, telefono, telephone 1, main phone",
    "mobile": "mobile, mobile phone, mobile number, cell, cell phone, cellphone, handy, telefon mobil, mobil, gsm, movil",
    "website": "website, web site, web, url, site, homepage, webpage, company website, website url, pagina web, site web",
    "address": "address, street, street address, adresa, strada, address 1, address line 1, mailing street, billing street, "
    "adresse, strasse, direccion",
    "zip": "zip, zip code, postal code, postcode, post code, cod postal, plz, mailing zip, zip postal code, postleitzahl",
    "city": "city, town, oras, orasul, localitate, localitatea, mailing city, billing city, stadt, ort, ville, ciudad",
    "state": "state, county, province, region, judet, judetul, state province, state region, mailing state, bundesland",
    "country": "country, country region, tara, land, pays, pais, mailing country, billing country, country code",
    "language": "language, preferred language, limba, sprache, langue, idioma",
    "status": "status, lead status, stage, lead stage, stare, stadiu, statut, etapa",
    "lost_reason": "lost reason, reason lost, loss reason, motivul pierderii, motiv pierdere, junk reason, "
    "disqualification reason, closed lost reason, unqualified reason",
    "lost_remark": "what happened, loss remark, lost remark",
    "source": "source, lead source, sursa, original source, origin, channel, canal, quelle, provenienta",
    "owner": "owner, lead owner, contact owner, record owner, assigned to, assigned, assignee, responsible, sales person, "
    "salesperson, sales rep, sales representative, proprietar, responsabil, agent, agent vanzari, lead owner name, "
    "responsible person, zustandig",
    "department": "department, team, sales team, departament, departamentul, echipa, abteilung",
    "value": "value, amount, lead value, deal value, opportunity amount, expected revenue, expected value, budget, valoare, "
    "valoarea, suma, buget, estimated value, betrag, montant",
    "currency": "currency, currency code, moneda, valuta, wahrung, devise",
    "tags": "tags, tag, labels, label, etichete, eticheta, categories, groups, grupuri",
    "vip": "vip, important",
    "shared": "shared with everyone, public, shared",
    "next_action": "next action, next step, next steps, next task, urmatoarea actiune, urmatorul pas",
    "next_action_on": "next action on, next action date, next step date, follow up date, followup date, next contact date, "
    "due date, next contact, data urmatoarei actiuni",
    "description": "description, notes, note, comments, comment, remarks, remark, descriere, observatii, mentiuni, details, "
    "detalii, bemerkung, notizen, message, mesaj",
    "created_at": "created, created at, created time, created on, create date, created date, date added, date created, "
    "creation date, added on, added time, date, data, data adaugarii, data crearii, creat la, adaugat la, erstellt am",
    "last_contacted_at": "last contacted, last contact, last contact date, last activity, last activity time, "
    "last activity date, last contacted time, ultimul contact, data ultimului contact",
    "newsletter": "newsletter, email opt out, opt in, opt out, consent, marketing consent, unsubscribed, abonat",
}  # fmt: skip


def bare(heading: str) -> str:
    """A head without capitals, marks and signs: "E-Mail*" is "e mail"."""
    letters = "".join(letter if letter.isalnum() else " " for letter in folded(heading))
    return " ".join(letters.split())


@cache
def field_by_word() -> dict[str, str]:
    """The field that each word means. What the product itself writes as a head goes before everything else."""
    found = {}
    for field, words in WORDS.items():
        for word in words.split(", "):
            found[bare(word)] = field
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for field in fields.EXCEL:
                found[bare(heading_of(field))] = field
    return found


# The kind of status that widespread programs mean by a word: proposed only, a person decides.
KINDS_BY_WORD = {
    "not contacted": "new", "open": "new", "open - not contacted": "new", "uncontacted": "new", "fresh": "new",
    "attempted to contact": "contacted", "attempting": "contacted", "working": "contacted", "in progress": "contacted",
    "working - contacted": "contacted", "contact in future": "contacted", "connected": "contacted", "nurturing": "contacted",
    "pre qualified": "qualified", "pre-qualified": "qualified", "open deal": "qualified", "hot": "qualified",
    "negotiation": "proposal", "quote sent": "proposal", "closed - converted": "won", "converted": "won", "customer": "won",
    "closed won": "won", "lost lead": "lost", "closed lost": "lost", "closed - not converted": "lost",
    "junk lead": "disqualified", "junk": "disqualified", "unqualified": "disqualified", "not qualified": "disqualified",
    "bad timing": "disqualified", "spam": "disqualified",
}  # fmt: skip
