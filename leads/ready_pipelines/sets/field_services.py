"""Firms that do work at the customer’s: installers, repairs, cleaning, construction, clinics."""

from django.utils.translation import gettext_lazy as _

from leads.ready_pipelines.ready_pipeline import (
    Kind,
    ReadyPipeline,
    ReadyReason,
    ReadySource,
    ReadyStatus,
    SourceKind,
    Text,
)

STATUSES = (
    ReadyStatus(
        Text("New request", "Cerere nouă"), Kind.NEW, 250, "new", most_days=1,
        meaning=Text("They asked for something, and no one has called back.", "A cerut ceva și nu l-a sunat nimeni înapoi."),
        prompt=Text("Call back", "Sună înapoi"),
    ),
    ReadyStatus(
        Text("Contacted", "Contactat"), Kind.CONTACTED, 200, "contacted", most_days=5, required=("phone",),
        meaning=Text("We know what they want done.", "Știm ce lucrare dorește."),
        prompt=Text("Agree on a visit", "Stabilește o vizită"),
    ),
    ReadyStatus(
        Text("Visit scheduled", "Vizită programată"), Kind.QUALIFIED, 180, "qualified", most_days=10,
        required=("phone", "address", "next_action_on"),
        meaning=Text("We’ll look at the job on site on an agreed day.", "Mergem să vedem lucrarea într-o zi stabilită."),
        prompt=Text("Take measurements and photos", "Ia măsuri și fă poze"),
    ),
    ReadyStatus(
        Text("Quote sent", "Deviz trimis"), Kind.PROPOSAL, 300, "proposal", most_days=10, required=("value",),
        meaning=Text("They have our price in writing.", "Are prețul nostru în scris."),
        prompt=Text("Ask whether the quote suits them", "Întreabă dacă devizul este în regulă"),
    ),
    ReadyStatus(
        Text("Booked", "Lucrare confirmată"), Kind.WON, 140, "won",
        meaning=Text("They’ve accepted the quote.", "A acceptat devizul."),
    ),
    ReadyStatus(
        Text("Lost", "Pierdut"), Kind.LOST, 20, "lost",
        meaning=Text("They’ve declined or chosen someone else.", "A refuzat sau a ales pe altcineva."),
    ),
    ReadyStatus(
        Text("Not our work", "Nu e de noi"), Kind.DISQUALIFIED, 60, "disqualified",
        meaning=Text("We don’t do this, or not there.", "Nu facem așa ceva sau nu în zona aceea."),
    ),
)  # fmt: skip
STAGES = (
    ReadyStatus(
        Text("Assessment", "Evaluare"), Kind.QUALIFIED, 250, "qualification", probability=20,
        meaning=Text("We’re finding out what the job takes.", "Vedem ce presupune lucrarea."),
    ),
    ReadyStatus(
        Text("Quote sent", "Deviz trimis"), Kind.PROPOSAL, 300, "deal_proposal", probability=50, required=("value",),
        meaning=Text("They have our price in writing.", "Are prețul nostru în scris."),
    ),
    ReadyStatus(
        Text("Date agreed", "Termen stabilit"), Kind.PROPOSAL, 200, "negotiation", probability=80,
        required=("value", "expected_close"),
        meaning=Text("Price and date are agreed, the deposit isn’t paid.", "Prețul și data sunt stabilite, avansul nu e plătit."),
    ),
    ReadyStatus(
        Text("Booked", "Confirmat"), Kind.WON, 140, "deal_won", probability=100, required=("value",),
        meaning=Text("They’ve accepted or paid the deposit.", "A acceptat sau a plătit avansul."),
    ),
    ReadyStatus(
        Text("Lost", "Pierdut"), Kind.LOST, 20, "deal_lost", probability=0,
        meaning=Text("They’ve declined our quote.", "A refuzat devizul."),
    ),
)  # fmt: skip
SOURCES = (
    ReadySource(Text("Phone call", "Telefon"), SourceKind.OTHER, 180),
    ReadySource(Text("Website", "Website"), SourceKind.WEBSITE, 200, "website"),
    ReadySource(Text("Google Maps", "Google Maps"), SourceKind.WEBSITE, 120),
    ReadySource(Text("Facebook", "Facebook"), SourceKind.PAID_ADS, 240),
    ReadySource(Text("Paid ads", "Reclame plătite"), SourceKind.PAID_ADS, 330, "paid_ads"),
    ReadySource(
        Text("Recommended by a customer", "Recomandat de un client"), SourceKind.REFERRAL, 150, "referral"
    ),
    ReadySource(Text("Returning customer", "Client vechi"), SourceKind.REFERRAL, 90),
    ReadySource(Text("Other", "Altele"), SourceKind.OTHER, 280, "other"),
)
REASONS = (
    ReadyReason(Text("Too expensive", "Prea scump"), "budget"),
    ReadyReason(Text("Chose another company", "A ales altă firmă"), "competitor"),
    ReadyReason(Text("We had no free date", "Nu am avut loc în program")),
    ReadyReason(Text("Put the work off", "A amânat lucrarea"), "timing"),
    ReadyReason(Text("No answer", "Nu a mai răspuns"), "no_answer"),
    ReadyReason(Text("Outside our area", "În afara zonei noastre")),
    ReadyReason(Text("Not something we do", "Nu facem așa ceva"), "no_fit"),
    ReadyReason(Text("Duplicate", "Duplicat"), "duplicate"),
)

FIELD_SERVICES = ReadyPipeline(
    "services",
    _("Services"),
    _("You do work at the customer’s: a visit, a quote, an appointment."),
    STATUSES,
    STAGES,
    SOURCES,
    REASONS,
)
