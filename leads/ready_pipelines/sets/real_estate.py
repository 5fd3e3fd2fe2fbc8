"""Estate agencies: buyers and tenants who call about a property, view it, reserve it and sign at the notary’s."""

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
        Text("New inquiry", "Solicitare nouă"), Kind.NEW, 250, "new", most_days=1,
        meaning=Text("They asked about a property.", "A întrebat de o proprietate."),
        prompt=Text("Call and ask what they’re looking for", "Sună și întreabă ce caută"),
    ),
    ReadyStatus(
        Text("Needs known", "Nevoi cunoscute"), Kind.CONTACTED, 200, "contacted", most_days=7, required=("phone",),
        meaning=Text("We know the area, the size and the budget.", "Știm zona, suprafața și bugetul."),
        prompt=Text("Choose three properties to show", "Alege trei proprietăți de arătat"),
    ),
    ReadyStatus(
        Text("Viewing scheduled", "Vizionare programată"), Kind.QUALIFIED, 180, "qualified", most_days=7,
        required=("phone", "next_action_on"),
        meaning=Text("A viewing has a day and a time.", "Vizionarea are zi și oră."),
        prompt=Text("Confirm the viewing the day before", "Confirmă vizionarea cu o zi înainte"),
    ),
    ReadyStatus(
        Text("After viewing", "După vizionare"), Kind.QUALIFIED, 160, most_days=10,
        meaning=Text("They’ve seen at least one property and are thinking.", "A văzut cel puțin o proprietate și se gândește."),
        prompt=Text("Ask what they liked and what not", "Întreabă ce i-a plăcut și ce nu"),
    ),
    ReadyStatus(
        Text("Offer made", "Ofertă făcută"), Kind.PROPOSAL, 300, "proposal", most_days=14, required=("value",),
        meaning=Text("They’ve named a price to the owner.", "I-a propus un preț proprietarului."),
        prompt=Text("Bring the owner’s answer", "Transmite răspunsul proprietarului"),
    ),
    ReadyStatus(
        Text("Reserved", "Rezervat"), Kind.WON, 140, "won",
        meaning=Text("They’ve signed a reservation.", "A semnat rezervarea."),
    ),
    ReadyStatus(
        Text("Lost", "Pierdut"), Kind.LOST, 20, "lost",
        meaning=Text("They bought elsewhere or gave up.", "A cumpărat din altă parte sau a renunțat."),
    ),
    ReadyStatus(
        Text("Not a buyer", "Nu este client"), Kind.DISQUALIFIED, 60, "disqualified",
        meaning=Text("Another agent, or only curious.", "Alt agent sau doar curios."),
    ),
)  # fmt: skip
STAGES = (
    ReadyStatus(
        Text("Reservation", "Rezervare"), Kind.QUALIFIED, 250, "qualification", probability=60,
        meaning=Text("The property is off the market for them.", "Proprietatea este oprită pentru el."),
    ),
    ReadyStatus(
        Text("Financing", "Finanțare"), Kind.QUALIFIED, 220, probability=70, required=("value",),
        meaning=Text("The bank is checking the mortgage.", "Banca analizează creditul."),
    ),
    ReadyStatus(
        Text("Papers checked", "Acte verificate"), Kind.PROPOSAL, 300, "deal_proposal", probability=80, required=("value",),
        meaning=Text("Title and land register are in order.", "Actele și cartea funciară sunt în regulă."),
    ),
    ReadyStatus(
        Text("Preliminary contract", "Antecontract"), Kind.PROPOSAL, 200, "negotiation", probability=95,
        required=("value", "expected_close"),
        meaning=Text("The deposit is paid, and the notary has a date.", "Avansul e plătit și notarul are o dată."),
    ),
    ReadyStatus(
        Text("Contract signed", "Contract semnat"), Kind.WON, 140, "deal_won", probability=100, required=("value",),
        meaning=Text("Signed at the notary’s, so our commission is due.", "S-a semnat la notar, deci comisionul este datorat."),
    ),
    ReadyStatus(
        Text("Fell through", "Tranzacție căzută"), Kind.LOST, 20, "deal_lost", probability=0,
        meaning=Text("One of the parties has withdrawn.", "Una dintre părți s-a retras."),
    ),
)  # fmt: skip
SOURCES = (
    ReadySource(Text("Property portal", "Portal imobiliar"), SourceKind.PARTNER, 100, "partner"),
    ReadySource(Text("Classified ads", "Anunțuri online"), SourceKind.PAID_ADS, 70),
    ReadySource(Text("Website", "Site propriu"), SourceKind.WEBSITE, 200, "website"),
    ReadySource(Text("Facebook", "Facebook"), SourceKind.PAID_ADS, 240, "paid_ads"),
    ReadySource(Text("Sign on the property", "Banner pe proprietate"), SourceKind.OTHER, 30),
    ReadySource(Text("Referral", "Recomandare"), SourceKind.REFERRAL, 150, "referral"),
    ReadySource(Text("Other agency", "Altă agenție"), SourceKind.PARTNER, 310),
    ReadySource(Text("Open house", "Porți deschise"), SourceKind.EVENT, 40, "event"),
    ReadySource(Text("Other", "Altele"), SourceKind.OTHER, 280, "other"),
)
REASONS = (
    ReadyReason(Text("Bought through another agency", "A cumpărat prin altă agenție"), "competitor"),
    ReadyReason(Text("Bought directly from the owner", "A cumpărat direct de la proprietar")),
    ReadyReason(Text("Budget too low", "Buget prea mic"), "budget"),
    ReadyReason(Text("Mortgage refused", "Credit refuzat")),
    ReadyReason(Text("Property no longer available", "Proprietatea nu mai este disponibilă")),
    ReadyReason(Text("Search postponed", "A amânat căutarea"), "timing"),
    ReadyReason(Text("Nothing suitable", "Nu am găsit ceva potrivit"), "no_fit"),
    ReadyReason(Text("No answer", "Nu mai răspunde"), "no_answer"),
    ReadyReason(Text("Duplicate", "Duplicat"), "duplicate"),
)

REAL_ESTATE = ReadyPipeline(
    "real-estate",
    _("Real estate"),
    _("You show properties to buyers and tenants, from the first call to the notary."),
    STATUSES,
    STAGES,
    SOURCES,
    REASONS,
)
