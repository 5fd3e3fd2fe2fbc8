"""The column headers that other programs and people use for the fields that several record types have.

English, Romanian, and the headers of widespread programs; German, French, Spanish, Italian, Hungarian and Arabic where they are
just as clear.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MissingField:
    """A field that other programs have and a record type hasn't: the label and the type of the custom field that an import creates for
    it, and the headers of such columns."""

    label: Any
    type: str
    words: str


OF_RECORDS = {
    "country": "country, country region, country of residence, land region, land region geschaftlich, nazione, orszag, tara, land, pays, pais, mailing country, billing country, country code, "
    "mailing country region, billing country region, business country, business country region, address country, "
    "primary address country, billing address country, address 1 country, mail address country, الدولة, البلد, بريد الدولة",
    "owner": "owner, lead owner, contact owner, record owner, assigned to, assigned, assignee, "
    "responsible, sales person, salesperson, salesman, sales rep, sales representative, proprietar, responsabil, "
    "agent, agent vanzari, proprietarul persoanei de contact, proprietar lead, verantwortlich, vertriebsmitarbeiter, responsable, proprietaire, propietario, responsabile, felelos, lead owner name, responsible person, responsible user, zustandig, sales owner, owned by, "
    "account manager, assigned user, assigned user name, assigned to user, مسند إلى, تعيين ل",
    "department": "department, team, sales team, departament, departamentul, echipa, abteilung",
    "tags": "tags, tag, schlagworte, schlagworter, mots cles, etiquettes, etiquetas, cimkek, labels, label, etichete, eticheta, categories, groups, grupuri, group membership",
    "shared": "shared with everyone, public, shared",
    "created_at": "created, created at, created time, created on, create date, created date, date added, "
    "date created, creation date, added on, added time, date, data, data adaugarii, data crearii, "
    "creat la, adaugat la, erstellt am, timestamp, marcaj de timp, submit date, submitted at, submitted on, submission date, "
    "date entered, date registered, entry date, angelegt am, angelegt, erstellungsdatum, date de creation, cree le, fecha de creacion, fecha de alta, data creazione, data di creazione, letrehozva, data trimiterii, registered at, date submitted, signed up, enquiry date, inquiry date, data inscrierii, data inregistrarii, وقت الانشاء",
}
# The headers of whole names that begin with the last name, and of others that name both parts.
LAST_NAME_FIRST = (
    "nume si prenume, nume prenume, numele si prenumele, nume si prenumele, nume prenume client, name vorname, nachname vorname, "
    "name und vorname, nachname und vorname, familienname vorname, nev, teljes nev, vezeteknev keresztnev, vezeteknev es keresztnev, "
    "cognome e nome, cognome nome, apellidos y nombre, apellidos y nombres, apellidos nombre, apellido y nombre, nom et prenom, "
    "nom prenom, nom et prenoms, last name first name, last name and first name, surname name, surname first name, "
    "surname and name, surname and first name, last first"
)
FIRST_NAME_FIRST = (
    "prenume si nume, prenume nume, prenumele si numele, vorname name, vorname nachname, vorname und nachname, nome e cognome, "
    "nome cognome, nombre y apellidos, nombre y apellido, nombre apellidos, prenom et nom, prenom nom, first name last name, "
    "first and last name, first name and last name, name and surname, name surname, first last"
)
OF_PEOPLE = {
    "name": f"{LAST_NAME_FIRST}, {FIRST_NAME_FIRST}, name, full name, your name, nombre, nome, nombre completo, nome completo, nom complet, vollstandiger name, contact name, lead name, nume complet, contact, "
    "contact person, persoana de contact, display name, person, ansprechpartner, customer name, client, customer, complete name, "
    "persoana",
    "first_name": "first name, name first, keresztnev, utonev, firstname, given name, forename, prenume, prenumele, vorname, prenom, first, الاسم الأول",
    "last_name": "last name, name last, cognome, vezeteknev, csaladnev, lastname, surname, family name, nume, nume de familie, nachname, nom, "
    "apellido, apellidos, last, الاسم الأخير, اسم العائلة",
    "title": "title, job title, intitule du poste, poste, puesto, beosztas, position, designation, functie, functia, pozitie, rol, role, job, "
    "berufsbezeichnung, job position, job role, function, المسمى الوظيفي, لقب",
    "email": "email, e-mail, e mail adresse, emailadresse, mailadresse, courriel, adresse e mail, adresse email, adresse mail, correo electronico, indirizzo e mail, indirizzo email, e mail cim, email cim, adresa electronica, email address, e-mail address, mail, adresa email, adresa de email, adresa de e-mail, email 1, "
    "primary email, work email, business email, lead email, contact email, correo, emails, email id, email work, "
    "e-mail 1 value, البريد الإلكتروني, البريد الالكتروني الرئيسي",
    "second_email": "second email, second e-mail, secondary email, email 2, alternate email, other email, "
    "email secundar, al doilea email, email 2 address, e-mail 2 value, additional email, additional emails, email home, personal email, private email, "
    "البريد الالكتروني الثانوي, بريد الكتروني ثاني",
    "phone": "phone, telephone, phone no, telephone no, tel no, contact number, telefon geschaftlich, telefonnummer, telefon nr, rufnummer, telephone fixe, telefonszam, phone number, telephone number, tel, telefon, work phone, business phone, "
    "phone 1, office phone, telefon fix, numar de telefon, numar telefon, nr telefon, telefono, telephone 1, "
    "main phone, primary phone, phone work, phone office, work direct phone, phone 1 value, الهاتف, "
    "الهاتف الرئيسي, هاتف المكتب",
    "mobile": "mobile, mobile phone, mobile no, mobile nr, mob no, cell number, mobiltelefon, mobilnummer, handynummer, portable, telephone portable, tel portable, telefono movil, cellulare, telefono cellulare, mobilszam, numar mobil, numar de mobil, nr mobil, mobile number, mobile phone number, cell, cell phone, cellphone, handy, telefon mobil, "
    "mobil, gsm, movil, phone mobile, phone 2, telephone 2, telefon 2, second phone, secondary phone, secondary phone number, "
    "phone 2 value, الجوال, المحمول",
}
OF_DETAILS = {
    "address": "address, street, strasse geschaftlich, strasse hausnummer, anschrift, indirizzo, domicilio, street address, adresa, strada, address 1, address line 1, "
    "mailing street, billing street, adresse, strasse, direccion, street 1, business street, address street, "
    "street and number, strada si numarul, primary address street, billing address street, address 1 street, mail address street, العنوان, بريد الشارع",
    "zip": "zip, zip code, postleitzahl geschaftlich, code postal, codigo postal, codice postale, iranyitoszam, postal code, postcode, post code, cod postal, plz, mailing zip, "
    "zip postal code, postleitzahl, mailing zip postal code, mailing postal code, mailing code, billing zip, billing code, "
    "billing postal code, billing zip postal code, business postal code, address postal code, primary address postal code, "
    "primary address zip code, billing address postal code, address 1 postal code, mail address post code, address post code, "
    "الرمز البريدي",
    "city": "city, town, ort geschaftlich, wohnort, citta, varos, oras, orasul, localitate, localitatea, mailing city, billing city, stadt, ort, "
    "ville, ciudad, business city, address city, primary address city, billing address city, address 1 city, "
    "mail address city, المدينة, بريد المدينة",
    "state": "state, county, region geschaftlich, provincia, megye, county or state, province, region, judet, judetul, state province, state or province, "
    "state region, mailing state, bundesland, mailing state province, billing state, billing state province, business state, "
    "address state, primary address state, billing address state, address 1 region, address 1 state province, "
    "mail address state, بريد الولاية",
    "description": "description, notes, remarques, commentaire, commentaires, observaciones, megjegyzes, note, comments, comment, remarks, remark, descriere, observatii, "
    "mentiuni, details, detalii, bemerkung, notizen, message, mesaj, obs, customer note, الوصف",
}
WEBSITE = (
    "website, web site, web, url, site, homepage, webpage, web page, company website, website url, pagina web, site web, "
    "corporate website, website 1 value, webseite, site internet, sitio web, sito web, weboldal, honlap, الموقع الإلكتروني"
)
# The fields of lists, whose headers may say "name" too, as in "Stage name".
NAMED = ("status", "source", "owner", "department", "company", "country", "state", "city", "lost_reason")
# Whom the rest of a header is about, as in "Attendee email", and the fields that such a rest can mean.
PEOPLE = (
    "lead, your, contact, primary contact, person, prospect, client, customer, attendee, visitor, participant, invitee, guest, buyer, "
    "applicant, business, billing, mailing, address 1, mailing address, billing address, primary address, business address"
)
PARTS = (
    "name", "first_name", "last_name", "title", "email", "second_email", "phone", "mobile", "company", "website", "address",
    "zip", "city", "state", "country", "description",
)  # fmt: skip


def split_into_word_set(text: str) -> frozenset[str]:
    """Words with spaces between them, as a set."""
    return frozenset(text.split())


# The words of headers of columns that are about someone else than the person of the row, or no such value at all.
OTHERS = split_into_word_set(
    "owner owners owned user users created creator modified updated changed assigned assignee assistant asst rep reps salesperson "
    "staff agent manager responsible referrer referred referral partner parent supervisor reports invited by from "
    "proprietar responsabil utilizator creat modificat asistent operator"
)
NEVER = split_into_word_set(
    "fax faxes telex pager beeper linkedin facebook fb twitter x instagram xing skype youtube tiktok telegram whatsapp viber "
    "snapchat pinterest github slack social profile profil im messenger icq"
)
