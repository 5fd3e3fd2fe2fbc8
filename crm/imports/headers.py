"""The column headers that other programs and people use for the fields that several record types have.

English, Romanian, and the headers of widespread programs; German, French, and Spanish where they are just as clear.
"""

OF_RECORDS = {
    "country": "country, country region, tara, land, pays, pais, mailing country, billing country, "
    "country code",
    "owner": "owner, lead owner, contact owner, record owner, assigned to, assigned, assignee, "
    "responsible, sales person, salesperson, sales rep, sales representative, proprietar, responsabil, "
    "agent, agent vanzari, lead owner name, responsible person, zustandig, account owner",
    "department": "department, team, sales team, departament, departamentul, echipa, abteilung",
    "tags": "tags, tag, labels, label, etichete, eticheta, categories, groups, grupuri",
    "shared": "shared with everyone, public, shared",
    "created_at": "created, created at, created time, created on, create date, created date, date added, "
    "date created, creation date, added on, added time, date, data, data adaugarii, data crearii, "
    "creat la, adaugat la, erstellt am",
}
OF_PEOPLE = {
    "name": "name, full name, contact name, lead name, nume complet, nume si prenume, contact, "
    "contact person, persoana de contact, display name, person, ansprechpartner, customer name, client",
    "first_name": "first name, firstname, given name, forename, prenume, prenumele, vorname, prenom, first",
    "last_name": "last name, lastname, surname, family name, nume, nume de familie, nachname, nom, "
    "apellido, apellidos, last",
    "title": "title, job title, position, designation, functie, functia, pozitie, rol, role, job, "
    "berufsbezeichnung",
    "email": "email, e-mail, email address, e-mail address, mail, adresa email, adresa de email, email 1, "
    "primary email, work email, business email, lead email, contact email, correo",
    "second_email": "second email, second e-mail, secondary email, email 2, alternate email, other email, "
    "email secundar, al doilea email",
    "phone": "phone, telephone, phone number, telephone number, tel, telefon, work phone, business phone, "
    "phone 1, office phone, telefon fix, numar de telefon, numar telefon, telefono, telephone 1, "
    "main phone",
    "mobile": "mobile, mobile phone, mobile number, cell, cell phone, cellphone, handy, telefon mobil, "
    "mobil, gsm, movil",
}
OF_DETAILS = {
    "address": "address, street, street address, adresa, strada, address 1, address line 1, "
    "mailing street, billing street, adresse, strasse, direccion",
    "zip": "zip, zip code, postal code, postcode, post code, cod postal, plz, mailing zip, "
    "zip postal code, postleitzahl",
    "city": "city, town, oras, orasul, localitate, localitatea, mailing city, billing city, stadt, ort, "
    "ville, ciudad",
    "state": "state, county, county or state, province, region, judet, judetul, state province, "
    "state region, mailing state, bundesland",
    "description": "description, notes, note, comments, comment, remarks, remark, descriere, observatii, "
    "mentiuni, details, detalii, bemerkung, notizen, message, mesaj",
}
