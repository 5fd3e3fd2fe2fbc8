"""Organizers and venues: a date, a number of guests, an offer, and a deposit that keeps the date."""

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
        Text("New inquiry", "Cerere nouă"), Kind.NEW, 250, "new", most_days=1,
        meaning=Text("They asked about a date or a price.", "A întrebat de o dată sau de un preț."),
        prompt=Text("Check the date and answer", "Verifică data și răspunde"),
    ),
    ReadyStatus(
        Text("Details known", "Detalii cunoscute"), Kind.CONTACTED, 200, "contacted", most_days=5, required=("email",),
        meaning=Text("We know the date, the guests and the occasion.", "Știm data, numărul de invitați și ocazia."),
        prompt=Text("Invite them to see the venue", "Invită-i să vadă locația"),
    ),
    ReadyStatus(
        Text("Venue visit", "Vizită la locație"), Kind.QUALIFIED, 180, "qualified", most_days=10,
        required=("phone", "next_action_on"),
        meaning=Text("They’re coming to see the venue, or have seen it.", "Vin să vadă locația sau au văzut-o."),
        prompt=Text("Send the offer with the menu", "Trimite oferta cu meniul"),
    ),
    ReadyStatus(
        Text("Offer sent", "Ofertă trimisă"), Kind.PROPOSAL, 300, "proposal", most_days=10, required=("value",),
        meaning=Text("They have the price for their date.", "Au prețul pentru data lor."),
        prompt=Text("Ask for their decision", "Întreabă ce au decis"),
    ),
    ReadyStatus(
        Text("Date on hold", "Dată blocată"), Kind.PROPOSAL, 170, most_days=7, required=("value", "next_action_on"),
        meaning=Text("We keep the date until the agreed day.", "Ținem data până la termenul stabilit."),
        prompt=Text("Ask for the deposit or release the date", "Cere avansul sau eliberează data"),
    ),
    ReadyStatus(
        Text("Booked", "Rezervat"), Kind.WON, 140, "won",
        meaning=Text("The deposit is paid.", "Avansul este plătit."),
    ),
    ReadyStatus(
        Text("Lost", "Pierdut"), Kind.LOST, 20, "lost",
        meaning=Text("The event takes place elsewhere, or not at all.", "Evenimentul are loc în altă parte sau deloc."),
    ),
    ReadyStatus(
        Text("Not possible", "Nu se poate"), Kind.DISQUALIFIED, 60, "disqualified",
        meaning=Text("We can’t host this kind of event.", "Nu putem găzdui un astfel de eveniment."),
    ),
)  # fmt: skip
STAGES = (
    ReadyStatus(
        Text("Planning", "Planificare"), Kind.QUALIFIED, 250, "qualification", probability=30,
        meaning=Text("We’re planning the program and the menu.", "Stabilim programul și meniul."),
    ),
    ReadyStatus(
        Text("Offer sent", "Ofertă trimisă"), Kind.PROPOSAL, 300, "deal_proposal", probability=50, required=("value",),
        meaning=Text("They have our price in writing.", "Au prețul nostru în scris."),
    ),
    ReadyStatus(
        Text("Contract sent", "Contract trimis"), Kind.PROPOSAL, 200, "negotiation", probability=80,
        required=("value", "expected_close"),
        meaning=Text("We’re waiting for the signature and the deposit.", "Așteptăm semnătura și avansul."),
    ),
    ReadyStatus(
        Text("Booked", "Rezervat"), Kind.WON, 140, "deal_won", probability=100, required=("value",),
        meaning=Text("The contract is signed and the deposit is paid.", "Contractul e semnat și avansul plătit."),
    ),
    ReadyStatus(
        Text("Canceled", "Anulat"), Kind.LOST, 20, "deal_lost", probability=0,
        meaning=Text("They’ve withdrawn before the deposit.", "Au renunțat înainte de avans."),
    ),
)  # fmt: skip
SOURCES = (
    ReadySource(Text("Website", "Website"), SourceKind.WEBSITE, 200, "website"),
    ReadySource(Text("Instagram", "Instagram"), SourceKind.OTHER, 320),
    ReadySource(Text("Facebook", "Facebook"), SourceKind.PAID_ADS, 240, "paid_ads"),
    ReadySource(Text("Was a guest here", "A fost invitat la noi"), SourceKind.REFERRAL, 90),
    ReadySource(Text("Referral", "Recomandare"), SourceKind.REFERRAL, 150, "referral"),
    ReadySource(Text("Event planner", "Organizator de evenimente"), SourceKind.PARTNER, 100, "partner"),
    ReadySource(Text("Wedding fair", "Târg de nunți"), SourceKind.EVENT, 40, "event"),
    ReadySource(Text("Other", "Altele"), SourceKind.OTHER, 280, "other"),
)
REASONS = (
    ReadyReason(Text("Date not available", "Data nu era liberă")),
    ReadyReason(Text("Chose another venue", "A ales altă locație"), "competitor"),
    ReadyReason(Text("Too expensive", "Prea scump"), "budget"),
    ReadyReason(Text("Too many or too few guests", "Prea mulți sau prea puțini invitați"), "no_fit"),
    ReadyReason(Text("Event postponed", "Eveniment amânat"), "timing"),
    ReadyReason(Text("Event canceled", "Eveniment anulat")),
    ReadyReason(Text("No answer", "Nu a mai răspuns"), "no_answer"),
    ReadyReason(Text("Duplicate", "Duplicat"), "duplicate"),
)

EVENTS = ReadyPipeline(
    "events",
    _("Events"),
    _("You organize events or rent a venue: a date, an offer, a deposit."),
    STATUSES,
    STAGES,
    SOURCES,
    REASONS,
)
